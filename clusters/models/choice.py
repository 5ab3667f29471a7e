"""What people choose for themselves, in whichever browser they sit."""

from django.conf import settings
from django.db import models


class HiddenColumns(models.Model):
    """The columns that one person does not want to see in lists of one kind; a list without a row shows them all."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hidden_columns")
    kind = models.CharField(max_length=40)
    names = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_choice_of_columns")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}"
