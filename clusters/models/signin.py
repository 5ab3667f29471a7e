"""How often a wrong password was tried lately, counted where all processes see it; and what is kept of refusals."""

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


class RefusedSignIn(models.Model):
    """The refused tries of an hour by one name from one address. "" is whatever was not written down: a name that is
    nobody's, addresses beyond the number that is kept (see `clusters.refusals`)."""

    hour = models.DateTimeField(db_index=True)  # wall time, where it begins
    name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=64, blank=True)
    tries = models.IntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hour", "name", "address"], name="one_row_of_refusals")]

    def __str__(self) -> str:
        return f"{self.name} {self.address}: {self.tries}"
