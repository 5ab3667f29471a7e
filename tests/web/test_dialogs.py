"""A dialog shows what is set now: who changes one thing must not change another by not looking."""

import re
from typing import Any

from django.test import Client

from clusters.domain.items import Witness, WitnessKind
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
