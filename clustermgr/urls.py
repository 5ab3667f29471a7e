"""Every address of the console; the pages themselves are named by the two apps."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("vms.urls")),
    path("", include("clusters.urls")),
]
