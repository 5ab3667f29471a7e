"""What an administrator writes down of a cluster: where it is and how it is reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cluster(models.Model):
    """Configuration only, so that no form can ever write a stale sequence number. Never holds a credential."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=255)
    backend = models.CharField(max_length=40)  # a name known to clustermgr.backends
    options = models.JSONField(default=dict, blank=True)  # addresses and references to files, never secrets
    profile = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")  # of the hours of its failback windows (fcm P13)
    description = models.CharField(max_length=255, blank=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return self.name
