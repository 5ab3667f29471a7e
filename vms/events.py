"""Events of virtual machines in words; they join those of `clusters` when imported (fcm §3.8, §3.10)."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters.catalogue.eventlog import EVENTS
from clusters.presenters.fieldwords import FIELDS

FIELDS.update({"vm": lazy("virtual machine"), "blackout_ms": lazy("blackout")})

EVENTS.update({
    1250: (lazy("Application in VM critical"), lazy("An application or service in the guest of %(vm)s is critical.")),
    1255: (lazy("Protected network lost"), lazy("%(vm)s lost its protected network %(network)s.")),
    18500: (lazy("Machine started"), lazy("%(vm)s was started.")),
    18508: (lazy("Machine shut down"), lazy("%(vm)s is off.")),
    18510: (lazy("Machine saved"), lazy("%(vm)s was saved.")),
    18560: (lazy("Guest crashed"), lazy("The guest of %(vm)s crashed.")),
    18596: (lazy("Machine restored"), lazy("%(vm)s was restored from its saved state.")),
    20413: (lazy("Live migration begun"), lazy("The live migration of %(role)s to %(target)s has begun.")),
    20415: (lazy("Blackout of a live migration"), lazy("%(vm)s stood still for %(blackout_ms)s.")),
    20417: (lazy("Long blackout"), lazy("%(vm)s was live migrated from %(source)s; it stood still for long.")),
    20418: (lazy("Live migration done"), lazy("%(vm)s was live migrated from %(source)s.")),
    21500: (lazy("Live migration completed"), lazy("The live migration of %(name)s is complete.")),
    21501: (lazy("Live migration refused"), lazy("%(role)s was not live migrated: the limit of its node is reached.")),
    21502: (lazy("Live migration failed"), lazy("%(role)s was not live migrated; it stays where it is.")),
})  # fmt: skip
