"""Every address of the console; the pages themselves are named by the two apps.

A forgotten password is set anew by an administrator: nothing resets one from outside.
"""

from django.contrib import admin
from django.contrib.auth import views
from django.urls import include, path

from clusters.views.signin import ChangePassword, PasswordChanged, SignIn, administration

urlpatterns = [
    path("admin/login/", administration),
    path("admin/password_change/", ChangePassword.as_view()),
    path("admin/password_change/done/", PasswordChanged.as_view()),
    path("admin/", admin.site.urls),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", views.LogoutView.as_view(), name="logout"),
    path("accounts/password_change/", ChangePassword.as_view(), name="password_change"),
    path("accounts/password_change/done/", PasswordChanged.as_view(), name="password_change_done"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("vms.urls")),
    path("", include("clusters.urls")),
]
