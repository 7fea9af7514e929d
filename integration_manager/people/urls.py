from django.urls import path

from integration_manager.people import invitation_views, switching, views

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("policy/", views.policy, name="policy"),
    path("organizations/", switching.organizations, name="organizations"),
    path("invite/", views.invite, name="invite"),
    path("<int:membership_id>/", views.person, name="person"),
    path("<int:membership_id>/remove/", views.remove, name="remove"),
    path("invitations/<int:invitation_id>/again/", views.again, name="again"),
    path("invitations/<int:invitation_id>/revoke/", views.revoke, name="revoke"),
    path("invitations/<int:invitation_id>/link/", views.link, name="link"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
]
