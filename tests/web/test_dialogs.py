"""A dialog shows what is set now: who changes one thing must not change another by not looking."""

import re
from typing import Any

from django.test import Client

from clusters import snapshots
from clusters.domain.items import Disk, Resource, Witness, WitnessKind
from clusters.domain.keys import Key
from clusters.models import Cluster
from tests.web import stage
from vms.domain.items import OfflineAction, VirtualMachine


def _asked(browser: Client, act: str, kind: str = "role", key: str = "dc-01") -> str:
    return browser.get(f"/clusters/ams/do/{act}?kind={kind}&key={key}").content.decode()


def _on(page: str) -> list[str]:
    """The values of what is ticked or chosen."""
    ticked = re.findall(r'name="(\w+)" value="([^"]*)" checked', page)
    return [name if value == "on" else value for name, value in ticked]


def _machine(cluster: Cluster, **facts: Any) -> None:
    machine = VirtualMachine("dc-01", "DC-01", "dc-01", owner="ams-hv01", **facts)
    stage.play(cluster, instead=(machine,))


def test_the_offline_action_of_the_machine_is_chosen(alice: Client, cluster: Cluster) -> None:
    _machine(cluster, offline_action=OfflineAction.TURN_OFF)
    assert _on(_asked(alice, "set-offline-action")) == ["0"]


def test_what_is_watched_is_ticked(alice: Client, cluster: Cluster) -> None:
    _machine(cluster, monitor_heartbeat=True, monitor_applications=False)
    assert _on(_asked(alice, "set-monitoring")) == ["monitor_heartbeat"]


def test_the_processors_of_the_machine_are_filled_in(alice: Client, cluster: Cluster) -> None:
    _machine(cluster, cpus=6)
    assert 'name="cpus" value="6"' in _asked(alice, "set-machine")


def test_the_witness_that_the_cluster_has_is_chosen(alice: Client, cluster: Cluster) -> None:
    stage.play(cluster, instead=(Witness("witness", "Share", WitnessKind.SHARE),))
    assert _on(_asked(alice, "set-witness", "cluster", "self")) == [WitnessKind.SHARE.value]


def test_hours_are_said_to_be_of_the_cluster_s_own_zone(alice: Client, cluster: Cluster) -> None:  # fcm P13
    Cluster.objects.update(time_zone="Asia/Tokyo")
    assert _asked(alice, "set-failover").count("by the clock of Asia/Tokyo") == 2


def test_a_field_that_may_be_emptied_is_not_demanded(alice: Client) -> None:
    asked = _asked(alice, "set-failover")
    field = asked.partition('name="failback_from_h"')[2].partition(">")[0]
    assert "required" not in field


def test_without_a_list_of_possible_owners_every_node_is_ticked(alice: Client, cluster: Cluster) -> None:
    resource = next(iter(snapshots.current(cluster.pk).state.all(Resource)))
    asked = _asked(alice, "set-possible-owners", "resource", resource.id)
    assert resource.possible_owners is None
    assert asked.count('name="possible_owners"') == len(_on(asked)) > 1


def test_a_start_that_is_to_fail_fails_on_every_node_unless_one_is_chosen(alice: Client, cluster: Cluster) -> None:
    resource = next(iter(snapshots.current(cluster.pk).state.all(Resource)))
    asked = _asked(alice, "break-start-fails", "resource", resource.id)
    assert "On every node" in asked
    assert "Best possible node" not in asked


def test_properties_of_the_cluster_are_chosen_by_name_and_value(alice: Client, cluster: Cluster) -> None:
    properties = snapshots.current(cluster.pk).state.cluster.properties
    asked = _asked(alice, "set-cluster", "cluster", "self")
    assert [*properties]
    assert all(f'<option value="{name}"' in asked and f"{name}: {value or '–'}" in asked for name, value in properties)


def test_a_disk_is_not_offered_the_node_that_it_is_on(alice: Client) -> None:
    asked = _asked(alice, "move-disk", "disk", "csv-03")
    here = snapshots.current(Cluster.objects.get().pk).state.get(Key("disk", "csv-03"))
    assert isinstance(here, Disk)
    assert f'<option value="{here.owner}"' not in asked
    assert asked.count("<option value=") == len(snapshots.current(Cluster.objects.get().pk).state.nodes()) - 1


def test_what_is_refused_is_said_once_and_not_foretold(alice: Client) -> None:
    asked = _asked(alice, "force-quorum", "node", "ams-hv01")
    assert asked.count("The Cluster service runs already.") == 1
    assert 'class="foresee"' not in asked


def test_what_is_changed_outside_begins_with_what_the_machine_has(alice: Client, cluster: Cluster) -> None:
    _machine(cluster, memory_mb=4096, cpus=6)
    asked = _asked(alice, "change-outside")
    assert 'name="memory_mb" value="4096"' in asked
    assert 'name="cpus" value="6"' in asked


def test_an_evicted_node_does_not_return_by_a_start(alice: Client) -> None:
    asked = _asked(alice, "evict", "node", "ams-hv02")
    assert "it must be added to the cluster again" in asked
    assert "until its Cluster service is started again" not in asked
