"""The console's addresses and one more: a page of one fragment of about a kilobyte, to measure its way."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from clustermgr.urls import urlpatterns as console


def bench(request: HttpRequest, slug: str) -> HttpResponse:
    """Only its socket is used."""
    return HttpResponse(status=204)


urlpatterns = [path("bench/<slug:slug>/", bench, name="bench"), *console]
