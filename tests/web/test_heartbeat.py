"""Whether anybody hears the guest, in words: a machine that runs unheard is told apart from one that does not run."""

import pytest
from django.test import Client

from clusters.models import Cluster
from tests.web import stage
from vms.domain.items import Heartbeat, Power, VirtualMachine


@pytest.mark.parametrize(
    ("power", "heartbeat", "told"),
    [
        (Power.RUNNING, Heartbeat.OK, "OK"),
        (Power.RUNNING, Heartbeat.NONE, "not watched"),
        (Power.OFF, Heartbeat.NONE, "not running"),
    ],
)
def test_the_heartbeat_is_told(alice: Client, cluster: Cluster, power: Power, heartbeat: Heartbeat, told: str) -> None:
    machine = VirtualMachine("dc-01", "DC-01", "dc-01", owner="ams-hv01", power=power, heartbeat=heartbeat)
    stage.play(cluster, instead=(machine,))
    assert f"<dt>Heartbeat</dt><dd>{told}</dd>" in alice.get("/clusters/ams/roles/dc-01").content.decode()
