"""What differs between the versions a simulated cluster can behave like: limits, defaults, what exists at all.

Only the simulator obeys these; a real cluster tells its own values. Default cluster properties carry FCM's names
(fcm §2.18) and text values, as they stand in `ClusterInfo.properties`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clusters.domain.items import QuorumModel, WitnessKind

STATIC_MODELS = (
    QuorumModel.NODE_MAJORITY,
    QuorumModel.NODE_AND_DISK,
    QuorumModel.NODE_AND_SHARE,
    QuorumModel.DISK_ONLY,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One version. Durations carry their unit; `properties` is what a new cluster starts with."""

    name: str
    label: str
    max_live_migrations: int  # a node may take part in so many at once, in and out together (fcm §2.3)
    refuses_second_migration: bool  # beyond the limit: refuse with the reason (2008 R2) or queue (fcm F05)
    cluster_limits_migrations: bool  # MaximumParallelMigrations of the cluster wins over the host's setting (fcm D02)
    dynamic_quorum: bool
    heartbeat_delay_ms: int
    heartbeat_threshold: int  # missed heartbeats until a node counts as lost (fcm §2.10)
    drain: bool  # pausing can drain (2012 on); 2008 R2 only closes the node
    priorities: bool  # start priorities and pre-emption (2012 on); 2008 R2 knows auto start or not
    storage_resiliency: bool  # a VM that loses its disk is paused-critical instead of failed (fcm R07, 2016 on)
    application_monitoring: bool  # fcm P20, 2012 on
    protected_network: bool  # fcm P21, 2012 R2 on
    quorum_models: tuple[QuorumModel, ...]
    witnesses: tuple[WitnessKind, ...]
    max_nodes: int  # limits: fcm §2.17
    max_vms_per_node: int  # running ones, here and in the whole cluster
    max_vms: int
    properties: tuple[tuple[str, str], ...]


DWORD_DIGITS = 10  # of 4294967295: Windows keeps these properties in 32 bits


def migration_limit(profile: Profile, cluster_setting: int, host_setting: int) -> int:
    """How many live migrations a node may take part in: the cluster's number where the version has one (fcm D02)."""
    if profile.refuses_second_migration:
        return profile.max_live_migrations
    return cluster_setting if profile.cluster_limits_migrations else host_setting


def number(properties: Mapping[str, str] | tuple[tuple[str, str], ...], name: str, default: int) -> int:
    """A cluster property as a number; the default when it is missing, no number, or none that Windows could hold."""
    text = dict(properties).get(name, "")
    # Anybody may type anything there, and the simulator must go on: "²" is a digit to Python, and no number.
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= DWORD_DIGITS
    return int(text) if is_number else default


Defaults = dict[str, int | str]


def _properties(values: Defaults) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in values.items())


_SINCE_2008: Defaults = {
    "SameSubnetDelay": 1000, "SameSubnetThreshold": 5, "CrossSubnetDelay": 1000, "CrossSubnetThreshold": 5,
    "ClusterGroupWaitDelay": 120, "ClusterEnforcedAntiAffinity": 0, "RootMemoryReserved": 512,
    "HangRecoveryAction": 3, "ClusterLogSize": 100, "ClusterLogLevel": 3, "SharedVolumesRoot": "C:\\ClusterStorage",
}  # fmt: skip
_SINCE_2012_R2: Defaults = _SINCE_2008 | {
    "SameSubnetThreshold": 10, "CrossSubnetThreshold": 20, "DynamicQuorum": 1, "WitnessDynamicWeight": 0,
    "LowerQuorumPriorityNodeId": 0, "DrainOnShutdown": 1, "MoveTypeThreshold": 2000, "BlockCacheSize": 512,
    "MinimumNeverPreemptPriority": 3000, "MinimumPreemptorPriority": 1, "CsvBalancer": 1, "ClusterLogSize": 300,
    "MaximumVirtualMachineMigrations": 2,
}  # fmt: skip
_SINCE_2016: Defaults = _SINCE_2012_R2 | {
    "ResiliencyLevel": 2, "ResiliencyDefaultPeriod": 240, "QuarantineThreshold": 3, "QuarantineDuration": 7200,
    "AutoBalancerMode": 2, "AutoBalancerLevel": 1, "CrossSiteDelay": 1000, "CrossSiteThreshold": 20,
    "BlockCacheSize": 1024, "PreferredSite": "", "AutoAssignNodeSite": 0, "ClusterFunctionalLevel": 9,
}  # fmt: skip
_SINCE_2019: Defaults = _SINCE_2016 | {"SameSubnetThreshold": 20, "ClusterFunctionalLevel": 10}
# One migration at a time: what is observed since the update of September 2022 (fcm §0.1, §2.3).
_SINCE_2022: Defaults = _SINCE_2019 | {
    "MaximumParallelMigrations": 1, "SetSMBBandwidthLimit": 1, "SMBBandwidthLimitFactor": 2500,
    "ClusterFunctionalLevel": 11,
}  # fmt: skip
_SINCE_2025: Defaults = _SINCE_2022 | {"ClusterFunctionalLevel": 12}

_W2008R2 = Profile(
    name="2008R2",
    label="Windows Server 2008 R2",
    max_live_migrations=1,
    refuses_second_migration=True,
    cluster_limits_migrations=False,
    dynamic_quorum=False,
    heartbeat_delay_ms=1000,
    heartbeat_threshold=5,
    drain=False,
    priorities=False,
    storage_resiliency=False,
    application_monitoring=False,
    protected_network=False,
    quorum_models=STATIC_MODELS,
    witnesses=(WitnessKind.NONE, WitnessKind.DISK, WitnessKind.SHARE),
    max_nodes=16,
    max_vms_per_node=384,
    max_vms=1000,
    properties=_properties(_SINCE_2008),
)


def _later(
    name: str,
    *,
    migrations: int,
    threshold: int,
    resilient: bool,
    cluster_limits: bool,
    properties: Defaults,
) -> Profile:
    """A version since 2012 R2; what came in 2016 came together (fcm §2.9, §2.12)."""
    witnesses = (WitnessKind.NONE, WitnessKind.DISK, WitnessKind.SHARE)
    return Profile(
        name=name,
        label=f"Windows Server {name.replace('R2', ' R2')}",
        max_live_migrations=migrations,
        refuses_second_migration=False,
        cluster_limits_migrations=cluster_limits,
        dynamic_quorum=True,
        heartbeat_delay_ms=1000,
        heartbeat_threshold=threshold,
        drain=True,
        priorities=True,
        storage_resiliency=resilient,
        application_monitoring=True,
        protected_network=True,
        quorum_models=(QuorumModel.MAJORITY,),
        witnesses=(*witnesses, WitnessKind.CLOUD) if resilient else witnesses,
        max_nodes=64,
        max_vms_per_node=1024,
        max_vms=8000,
        properties=_properties(properties),
    )


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        _W2008R2,
        _later("2012R2", migrations=2, threshold=10, resilient=False, cluster_limits=False, properties=_SINCE_2012_R2),
        _later("2016", migrations=2, threshold=10, resilient=True, cluster_limits=False, properties=_SINCE_2016),
        _later("2019", migrations=2, threshold=20, resilient=True, cluster_limits=False, properties=_SINCE_2019),
        _later("2022", migrations=1, threshold=20, resilient=True, cluster_limits=True, properties=_SINCE_2022),
        _later("2025", migrations=1, threshold=20, resilient=True, cluster_limits=True, properties=_SINCE_2025),
    )
}
"""All profiles by name; the newest is last."""
