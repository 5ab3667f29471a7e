"""What an administrator writes down of a cluster: where it is and how it is reached."""

from secrets import token_hex

from django.db import models
from django.utils.translation import gettext_lazy as _


def new_instance() -> str:
    return token_hex(4)


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
    # This console's own mark in the keys of its operations: other consoles on the same cluster have another.
    instance = models.CharField(max_length=8, default=new_instance, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")

    def __str__(self) -> str:
        return self.name

    @property
    def key_prefix(self) -> str:
        """Begins the key of every operation that this console asks of the cluster."""
        return f"op-{self.instance}-"
