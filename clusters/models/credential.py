"""What opens the door to a cluster's nodes, encrypted; the key that opens it lies outside the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster


class Credential(models.Model):
    """One secret of one cluster, see `clusters.credentials`; only its public half may ever be shown."""

    class Kind(models.TextChoices):
        SSH_KEY = "ssh-key", _("SSH key")

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=40)  # what the cluster's options call it
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.SSH_KEY)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=16)  # which key of the ring it is sealed with
    public = models.TextField(blank=True)  # the public half, as it stands in authorized_keys
    fingerprint = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster", "name"], name="one_credential_of_a_name")]

    def __str__(self) -> str:
        return f"{self.cluster}: {self.name}"
