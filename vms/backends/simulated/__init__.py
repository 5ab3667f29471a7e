"""Virtual machines for the simulator: everything the cluster half must not know, in one value."""

from clusters.backends.simulator.extension import Extension
from clusters.domain.faults import FaultType
from clusters.domain.items import RoleType
from vms.backends.simulated import asked, guests, health, life, moving, readings, storage
from vms.backends.simulated.found import MACHINE
from vms.backends.simulated.machine import CONFIGURATION, Configuration, Machine
from vms.domain import commands

VIRTUAL_MACHINES = Extension(
    types={MACHINE: Machine(), CONFIGURATION: Configuration()},
    mobiles={RoleType.VIRTUAL_MACHINE: moving.Moving()},
    commands={
        commands.LiveMigrate: asked.live_migrate,
        commands.QuickMigrate: asked.quick_migrate,
        commands.CancelMigration: asked.cancel_migration,
        commands.SaveMachine: asked.save,
        commands.ShutDownMachine: asked.shut_down,
        commands.TurnOffMachine: asked.turn_off,
        commands.SetOfflineAction: asked.set_offline_action,
        commands.SetMachine: asked.set_machine,
        commands.ChangeOutside: asked.change_outside,
        commands.RefreshConfiguration: asked.refresh_configuration,
        commands.ResetMonitored: asked.reset_monitored,
    },
    happenings={
        "guest-crashed": health.crashed,
        "guest-silent": health.silent,
        "guest-service-fails": health.service_fails,
        "guest-cluster": guests.look,
        "guest-service-online": guests.online,
        "storage-given-up": storage.given_up,
    },
    faults={
        FaultType.GUEST_HANG: health.hang,
        FaultType.GUEST_CRASH: health.crash,
        FaultType.GUEST_SERVICE: health.service,
        FaultType.GUEST_DEAF: health.looked_at_later,
        FaultType.GUEST_SLOW: health.looked_at_later,
    },
    on_storage=(storage.changed,),
    on_network=(storage.link_changed,),
    on_life=(life.balance, life.stumble),
    uses=readings.uses,
)
