"""Who may read and who may operate which cluster."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster


class Grant(models.Model):
    """Who may do what on which cluster: two roles to begin with."""

    class Tier(models.IntegerChoices):
        READER = 1, _("Reader")
        OPERATOR = 2, _("Operator")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="grants")
    tier = models.SmallIntegerField(choices=Tier.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "cluster"], name="one_grant_per_user_and_cluster")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_tier_display()} of {self.cluster}"
