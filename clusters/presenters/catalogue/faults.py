"""The break panel: what a fault will do, and afterwards that it was done on purpose."""

from django.utils.translation import gettext_lazy as lazy

from clusters.presenters.sentences import add

FORECASTS = {
    "breaks-power": lazy("The node loses its electricity at once; its roles restart on other nodes."),
    "breaks-isolate": lazy("The node hears no other node any more; its machines run on, unmonitored, for a while."),
    "breaks-link": lazy("One adapter of one node goes silent."),
    "breaks-storage-path": lazy(
        "The node no longer reaches the disks by itself; shared volumes go through another node."
    ),
    "breaks-flap": lazy("The node leaves and returns over and over, until it is put in quarantine."),
    "breaks-partition": lazy("The nodes ticked hear only each other; the side without quorum stops."),
    "breaks-witness": lazy("The witness does not answer any more; the votes are counted anew."),
    "breaks-slow-network": lazy("Live migrations get no more bandwidth than this."),
    "breaks-volume": lazy("No node reaches the disk any more; machines on it pause."),
    "breaks-guest-hang": lazy("The guest stops answering; its heartbeat is lost."),
    "breaks-guest-crash": lazy("The guest dies at once."),
    "breaks-guest-service": lazy("A service inside the guest fails, and fails again when it is restarted."),
    "breaks-guest-deaf": lazy("A shutdown of this guest never finishes."),
    "breaks-guest-slow": lazy("Processes in the guest take that long to stop."),
    "breaks-migration-fails": lazy("The next live migration fails at that percentage."),
    "breaks-resource-fails": lazy("The resource fails, and fails again until it is healed."),
    "breaks-start-fails": lazy("The resource cannot come online."),
}

DONE = {
    "fault-power": lazy("Broken on purpose: the power of %(target)s."),
    "fault-isolate": lazy("Broken on purpose: the cluster network of %(target)s."),
    "fault-link": lazy("Broken on purpose: the link %(target)s."),
    "fault-storage-path": lazy("Broken on purpose: the storage path of %(target)s."),
    "fault-flap": lazy("Broken on purpose: %(target)s leaves and returns."),
    "fault-partition": lazy("Broken on purpose: the network is split."),
    "fault-witness": lazy("Broken on purpose: the witness."),
    "fault-slow-network": lazy("Broken on purpose: the migration network is slow."),
    "fault-volume": lazy("Broken on purpose: the disk %(target)s."),
    "fault-guest-hang": lazy("Broken on purpose: the guest of %(target)s hangs."),
    "fault-guest-crash": lazy("Broken on purpose: the guest of %(target)s crashed."),
    "fault-guest-service": lazy("Broken on purpose: a service in %(target)s."),
    "fault-guest-deaf": lazy("Broken on purpose: no shutdown of %(target)s finishes."),
    "fault-guest-slow": lazy("Broken on purpose: processes in %(target)s stop slowly."),
    "fault-migration-fails": lazy("Broken on purpose: the next live migration of %(target)s."),
    "fault-resource-fails": lazy("Broken on purpose: the resource %(target)s."),
    "fault-start-fails": lazy("Broken on purpose: the start of %(target)s."),
    "healed": lazy("Healed in the break panel."),
}

add({**FORECASTS, **DONE})
