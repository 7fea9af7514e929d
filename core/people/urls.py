from django.urls import path

from core.people import organization_choice, own_name
from core.people import views as people_views
from core.people.invitations import views as invitations_views

app_name = "people"
urlpatterns = [
    path("", people_views.people, name="people"),
    path("policy/", people_views.policy, name="policy"),
    path("name/", own_name.name, name="name"),
    path("organizations/", organization_choice.organizations, name="organizations"),
    path("invite/", people_views.invite, name="invite"),
    path("<int:membership_id>/", people_views.person, name="person"),
    path("<int:membership_id>/remove/", people_views.remove, name="remove"),
    path("invitations/<int:invitation_id>/again/", people_views.again, name="again"),
    path("invitations/<int:invitation_id>/revoke/", people_views.revoke, name="revoke"),
    path("invitations/<int:invitation_id>/link/", people_views.link, name="link"),
    path("invitations/<str:token>/", invitations_views.invitation, name="invitation"),
]
