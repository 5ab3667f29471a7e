"""What the versions differ in (fcm §2.3, §2.9, §2.10, §2.17)."""

import pytest

from clusters.domain.items import QuorumModel, WitnessKind
from clusters.domain.profiles import PROFILES, Profile, migration_limit, number

OLD = PROFILES["2008R2"]
LATER = [profile for profile in PROFILES.values() if profile is not OLD]


def test_all_six_versions_stand_in_order() -> None:
    assert list(PROFILES) == ["2008R2", "2012R2", "2016", "2019", "2022", "2025"]


def test_only_2008_r2_refuses_a_second_migration() -> None:  # fcm F05
    assert [profile.name for profile in PROFILES.values() if profile.refuses_second_migration] == ["2008R2"]


def test_2008_r2_migrates_one_at_a_time_whatever_is_set() -> None:
    assert migration_limit(OLD, cluster_setting=8, host_setting=8) == 1


def test_the_cluster_setting_wins_since_2022() -> None:  # fcm D02
    assert migration_limit(PROFILES["2025"], cluster_setting=2, host_setting=8) == 2
    assert migration_limit(PROFILES["2019"], cluster_setting=2, host_setting=8) == 8


def test_2008_r2_knows_static_quorum_only() -> None:
    assert not OLD.dynamic_quorum
    assert QuorumModel.MAJORITY not in OLD.quorum_models
    assert all(profile.dynamic_quorum for profile in LATER)


@pytest.mark.parametrize(("name", "seconds"), [("2008R2", 5), ("2012R2", 10), ("2016", 10), ("2019", 20), ("2025", 20)])
def test_a_silent_node_is_lost_after(name: str, seconds: int) -> None:
    profile = PROFILES[name]
    assert profile.heartbeat_delay_ms * profile.heartbeat_threshold == 1000 * seconds


def test_isolation_and_quarantine_came_with_2016() -> None:
    for property_name, seconds in (("ResiliencyDefaultPeriod", 240), ("QuarantineDuration", 7200)):
        with_it = [p.name for p in PROFILES.values() if number(p.properties, property_name, 0) == seconds]
        assert with_it == ["2016", "2019", "2022", "2025"]


def test_the_cloud_witness_came_with_2016() -> None:
    assert [p.name for p in PROFILES.values() if WitnessKind.CLOUD in p.witnesses] == ["2016", "2019", "2022", "2025"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_heartbeat_properties_say_what_the_profile_does(profile: Profile) -> None:
    assert number(profile.properties, "SameSubnetThreshold", 0) == profile.heartbeat_threshold
    assert number(profile.properties, "SameSubnetDelay", 0) == profile.heartbeat_delay_ms


@pytest.mark.parametrize("text", ["", "many", "4 GB", "²", "-", "9" * 20])
def test_a_property_that_is_no_number_falls_back(text: str) -> None:
    assert number((("BlockCacheSize", text),), "BlockCacheSize", 7) == 7


def test_limits() -> None:  # fcm §2.17
    assert (OLD.max_nodes, OLD.max_vms_per_node, OLD.max_vms) == (16, 384, 1000)
    assert {(p.max_nodes, p.max_vms_per_node, p.max_vms) for p in LATER} == {(64, 1024, 8000)}
