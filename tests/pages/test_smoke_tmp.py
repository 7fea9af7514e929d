import pytest
from tests import factories as f
from carts import granting
pytestmark = pytest.mark.django_db
def test_all():
    g = f.GrantFactory(); assert granting._open(g,"refresh",g.refresh_token)=="Atzr|test"
    o = f.OrderFactory(lines={"A":2,"B":1}); o.refresh_from_db(); assert o.unit_count==3 and o.lines.count()==2
    assert o.recipient.open()[0].name=="Jane Doe"
    assert o.organization==o.cart.organization==o.cart.grant.organization
    r=f.ReleaseFactory(order=o); assert r.warehouse.organization==o.organization
    c=f.ConfirmationFactory(package__shipment__order=o); assert c.package.number==1
    f.PackageLineFactory(package=c.package)
    f.RouteFactory(cart=o.cart); f.CartMethodFactory(cart=o.cart); f.ListingFactory(cart=o.cart); f.StockLevelFactory(); f.ShipMethodFactory(); f.AlertFactory()
    m=f.MerchantFactory(); u=f.make_person(m.organization,"seller",merchant=m); assert u.check_password(f.PASSWORD)
