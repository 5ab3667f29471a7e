"""How often a wrong password was tried lately, counted where all processes see it."""

from django.db import models


class WrongTries(models.Model):
    """One counter. `who` is a digest: people type passwords where the name belongs, and none may end up here."""

    kind = models.CharField(max_length=10)  # what is counted by: see `clusters.throttle`
    who = models.CharField(max_length=64)
    tries = models.IntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)  # wall time

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "who"], name="one_counter_of_tries")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.tries}"
