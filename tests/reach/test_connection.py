"""The page Connection: what it shows, tests, changes, switches off; and how a cluster is forgotten."""

import asyncio
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from clusters import connections, credentials, enrolment
from clusters.backends import sshkeys
from clusters.backends.base import MAIN_SOURCE, Question, Refused, Unreachable
from clusters.backends.pacemaker.transport import Finished
from clusters.backends.sshkeys import PrivateKey
from clusters.domain import codec
from clusters.domain.commands import PauseNode
from clusters.domain.keys import Key
from clusters.domain.messages import say
from clusters.enrolment import Plan
from clusters.models import Cluster, Credential, Ledger, Source
from clusters.presenters.sentences import sentence
from tests.backends.pacemaker.sshnode import USER, Node, pin
from tests.reach.walk import Walk


@pytest.fixture
def real(db: None, node: Node) -> Cluster:
    """A cluster that is reached by a stored key."""
    text = (node.folder / "id").read_text()
    key = PrivateKey(text, (node.folder / "authorized_keys").read_text(), "SHA256:of-the-stored-key")
    options = {"user": USER, "credential": "key", "acts": False, "nodes": {"node1": node.options}}
    return enrolment.add(Plan("lab", "Lab", "pacemaker", options, {"key": key}))


@pytest.fixture
def fresh_lab(transactional_db: None, real: Cluster) -> Cluster:
    """The same, where other threads see it."""
    return real


def test_it_shows_how_the_cluster_is_reached(boss: Client, real: Cluster, node: Node) -> None:
    page = boss.get("/clusters/lab/connection/").content.decode()
    assert "SHA256:of-the-stored-key" in page
    assert page.count(asyncssh.import_public_key(node.host_key).get_fingerprint()) == 1
    assert "It only looks." in page


def test_a_node_whose_key_nobody_has_confirmed_is_named_and_never_talked_to(
    boss: Client, real: Cluster, node: Node
) -> None:
    away = {"host": node.options["host"], "port": node.port}
    Cluster.objects.update(options={**real.options, "nodes": {"node2": away}})
    assert "no confirmed host key yet: node2." in boss.get("/clusters/lab/connection/").content.decode()
    assert (
        "Nobody has confirmed the host key of node2 yet."
        in boss.post("/clusters/lab/connection/tests/").content.decode()
    )
    assert (node.logins, node.heard) == (0, [])


def test_the_stored_connection_is_tested_with_the_stored_key(boss: Client, real: Cluster, node: Node) -> None:
    page = boss.post("/clusters/lab/connection/tests/").content.decode()
    assert "All tests that matter have passed." in page
    assert node.logins == 1


def test_a_changed_host_key_is_said_with_both_fingerprints(boss: Client, real: Cluster, node: Node) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    pin(node, other)
    nodes = {name: {**each, "host_key": node.host_key} for name, each in real.options["nodes"].items()}
    shown = asyncssh.import_public_key(real.options["nodes"]["node1"]["host_key"]).get_fingerprint()
    Cluster.objects.update(options={**real.options, "nodes": nodes})
    page = boss.post("/clusters/lab/connection/tests/").content.decode()
    assert other.get_fingerprint() in page
    assert shown in page
    assert node.logins == 0


def test_a_lost_key_is_a_sentence_and_never_an_error(boss: Client, real: Cluster, ring: Path) -> None:
    ring.unlink()
    for answer in (boss.get("/clusters/lab/connection/"), boss.post("/clusters/lab/connection/tests/")):
        assert answer.status_code == 200
        assert "Bring back the file credential-keys" in answer.content.decode()


def test_a_new_key_replaces_the_stored_one(boss: Client, real: Cluster, node: Node, key: PrivateKey) -> None:
    term = Ledger.objects.get(cluster=real).term
    assert boss.post("/clusters/lab/connection/change/key/").status_code == 302
    walk = Walk(boss)
    walk.answer("key", how="paste", private_key=key.text)
    walk.answer("finish", acts="no", anyway="on")
    assert sshkeys.read(credentials.reveal(real, credentials.KEY)).public == key.public
    assert Credential.objects.get().fingerprint == key.fingerprint
    assert Ledger.objects.get(cluster=real).term > term


def test_letting_it_act_needs_no_new_tests(boss: Client, real: Cluster) -> None:
    boss.post("/clusters/lab/connection/change/finish/")
    answer = Walk(boss).answer("finish", acts="yes")
    assert answer.headers["Location"] == "/clusters/lab/connection/"
    real.refresh_from_db()
    assert real.options["acts"] is True


def test_the_agent_in_the_place_of_a_key_forgets_the_key(boss: Client, real: Cluster) -> None:
    boss.post("/clusters/lab/connection/change/key/")
    walk = Walk(boss)
    walk.answer("key", how="agent")
    walk.answer("finish", acts="no", anyway="on")
    assert not Credential.objects.exists()


def test_options_of_before_are_kept_as_they_were(boss: Client, db: None) -> None:
    nodes = {"node1": {"host": "10.0.0.1"}, "node2": {"host": "10.0.0.2", "user": "other"}}
    options = {"user": "root", "key_file": "/k/id", "known_hosts_file": "/k/known", "nodes": nodes}
    enrolment.add(Plan("old", "Old", "pacemaker", options))
    boss.post("/clusters/old/connection/change/finish/")
    Walk(boss).answer("finish", acts="yes")
    assert Cluster.objects.get().options == {**options, "acts": True}


def test_a_cluster_can_be_switched_off_and_on(boss: Client, real: Cluster) -> None:
    boss.post("/clusters/lab/connection/switch/", {"enabled": "no"})
    assert not Cluster.objects.get().enabled
    assert "Switched off" in boss.get("/clusters/lab/connection/").content.decode()
    assert 'href="/clusters/lab/connection/"' in boss.get("/").content.decode()
    boss.post("/clusters/lab/connection/switch/", {"enabled": "yes"})
    assert Cluster.objects.get().enabled


@pytest.mark.parametrize("path", ["tests", "switch", "change/key"])
def test_nothing_happens_by_looking(boss: Client, real: Cluster, path: str) -> None:
    assert boss.get(f"/clusters/lab/connection/{path}/").status_code == 405


def test_a_cluster_is_removed_only_by_its_typed_name(boss: Client, real: Cluster) -> None:
    session = boss.session
    session["proved_at"] = int(timezone.now().timestamp())
    session.save()
    wrong = boss.post("/clusters/lab/connection/remove/", {"typed": "lab"})
    assert (wrong.status_code, Cluster.objects.count()) == (422, 1)
    assert boss.post("/clusters/lab/connection/remove/", {"typed": "Lab"}).headers["Location"] == "/"
    assert (Cluster.objects.count(), Credential.objects.count()) == (0, 0)


def test_an_old_session_gives_its_password_too(boss: Client, real: Cluster) -> None:
    session = boss.session
    session["proved_at"] = int(timezone.now().timestamp()) - 3600
    session.save()
    missing = boss.post("/clusters/lab/connection/remove/", {"typed": "Lab"})
    assert (missing.status_code, Cluster.objects.count()) == (422, 1)
    boss.post("/clusters/lab/connection/remove/", {"typed": "Lab", "password": "one two three"})
    assert not Cluster.objects.exists()


def test_nobody_else_removes_or_tests(real: Cluster) -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice", is_staff=True))
    for path in ("remove", "tests", "switch", "change/key"):
        assert client.post(f"/clusters/lab/connection/{path}/", {"typed": "Lab"}).status_code == 403
    assert Cluster.objects.get().enabled


def test_a_cluster_that_is_only_looked_at_refuses_acts(real: Cluster) -> None:
    can = connections.connect(real).can
    assert can(PauseNode, Key("node", "1")).code == "cluster-read-only"
    acting = Cluster(slug="lab", backend="pacemaker", options={**real.options, "acts": True})
    assert connections.connect(acting).can(PauseNode, Key("node", "1")).code != "cluster-read-only"


def test_a_simulated_cluster_has_nothing_to_connect(boss: Client, db: None) -> None:
    size = {"name": "SIM", "profile": "2025", "nodes": 3, "machines": 2}  # nodes by their number, not by name
    enrolment.add(Plan("sim", "Sim", "simulator", {"sample": "sized", "began": "2026-01-01T00:00:00+00:00", **size}))
    assert "needs no connection" in boss.get("/clusters/sim/connection/").content.decode()
    assert boss.post("/clusters/sim/connection/tests/").status_code == 200


def test_what_a_machine_says_is_only_text(boss: Client, real: Cluster, node: Node) -> None:
    node.answers["crm_node -n"] = Finished(0, "<script>alert(1)</script>\n", "")
    page = boss.post("/clusters/lab/connection/tests/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_who_did_what_is_recorded_without_values(boss: Client, real: Cluster, key: PrivateKey) -> None:
    boss.post("/clusters/lab/connection/change/key/")
    walk = Walk(boss)
    walk.answer("key", how="paste", private_key=key.text)
    walk.answer("finish", acts="yes", anyway="on")
    boss.post("/clusters/lab/connection/switch/", {"enabled": "no"})
    said = [(each.user.username, each.object_repr, each.change_message) for each in LogEntry.objects.order_by("pk")]
    assert said == [("boss", "Lab", "acts, new key"), ("boss", "Lab", "switched off")]


async def test_the_backend_reads_the_stored_key_when_it_connects(fresh_lab: Cluster, node: Node) -> None:
    backend = await asyncio.to_thread(connections.connect, fresh_lab)
    seen = await backend.observe("")
    assert len(seen.state.nodes()) == 3
    await backend.close()


async def test_a_lost_key_is_the_reason_why_a_cluster_is_not_seen(fresh_lab: Cluster, ring: Path) -> None:
    await asyncio.to_thread(ring.unlink)
    backend = await asyncio.to_thread(connections.connect, fresh_lab)
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    assert caught.value.message.code == "credential-key-lost"
    await backend.close()


@pytest.mark.parametrize("options", [{}, {"nodes": {"node1": "a"}}, {"nodes": {"node1": {"host": "a"}}, "user": "x"}])
async def test_options_that_make_no_way_are_a_reason_and_no_error(options: dict[str, object]) -> None:
    backend = connections.connect(Cluster(slug="odd", name="Odd", backend="pacemaker", options=options))
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    assert backend.can(PauseNode, Key("node", "1")) == caught.value.message
    assert (await backend.ask(Question("reach"))).messages == (caught.value.message,)
    with pytest.raises(Refused):
        await backend.submit("op-1", PauseNode("1"))


def test_the_reason_on_the_cluster_s_page_is_the_cluster_s_own(boss: Client, real: Cluster) -> None:
    now = timezone.now()
    for name, since, reason in (
        ("libvirt node1", now - timedelta(hours=1), say("program-missing", node="node1", program="virsh")),
        (MAIN_SOURCE, now, say("credential-key-lost", key="abc")),
    ):
        Source.objects.create(cluster=real, name=name, failing_since=since, error=codec.encode(reason))
    page = boss.get("/clusters/lab/").content.decode()
    assert "Bring back the file credential-keys" in page
    assert "virsh" not in page


# simulated ones


@pytest.fixture
def simulated(db: None) -> Cluster:
    size = {"name": "SIM", "profile": "2025", "nodes": 3, "machines": 2}
    options = {"sample": "sized", "began": "2026-01-01T00:00:00+00:00", **size}
    return enrolment.add(Plan("sim", "Sim", "simulator", options, fields={"time_zone": "Asia/Tokyo"}))


def test_of_a_simulated_cluster_it_says_what_it_is_made_of(boss: Client, simulated: Cluster) -> None:
    page = boss.get("/clusters/sim/connection/").content.decode()
    assert "Asia/Tokyo" in page
    assert "2026-01-01" in page


@pytest.mark.parametrize("place", ["connection", "connection/remove"])
def test_nobody_is_told_that_a_simulated_cluster_outlives_its_removal(
    boss: Client, simulated: Cluster, place: str
) -> None:
    page = boss.get(f"/clusters/sim/{place}/").content.decode()
    assert "destroyed" in page
    assert "not touched" not in page
    assert "goes on by itself" not in page


@pytest.mark.parametrize("place", ["connection", "connection/remove"])
def test_a_real_cluster_is_not_touched_by_its_removal(boss: Client, real: Cluster, place: str) -> None:
    page = boss.get(f"/clusters/lab/{place}/").content.decode()
    assert "not touched" in page
    assert "destroyed" not in page


def test_a_simulated_cluster_that_is_switched_off_stands_still(boss: Client, simulated: Cluster) -> None:
    boss.post("/clusters/sim/connection/switch/", {"enabled": "no"})
    assert "stands still" in boss.get("/clusters/sim/connection/").content.decode()


BROKEN: tuple[dict[str, str], ...] = (
    {},
    {"sample": "nowhere", "began": "2026-01-01"},
    {"sample": "utrecht", "began": "yesterday"},
)


@pytest.mark.parametrize("options", BROKEN)
@pytest.mark.parametrize("place", ["", "menu/", "roles/", "connection/"])
def test_stored_options_that_make_no_cluster_break_no_page(
    boss: Client, simulated: Cluster, options: dict[str, str], place: str
) -> None:
    Cluster.objects.update(options=options)
    assert boss.get(f"/clusters/sim/{place}").status_code == 200


def test_options_that_make_no_cluster_are_the_reason_why_nothing_can_be_done(simulated: Cluster) -> None:
    simulated.options = {"sample": "nowhere", "began": "2026-01-01"}
    told = connections.capabilities(simulated)(PauseNode, Key("node", "1"))
    assert told.code == "options-make-no-cluster"
    assert "nowhere" in sentence(told)


async def test_a_controller_says_it_too(db: None) -> None:
    backend = connections.usable(Cluster(slug="odd", name="Odd", backend="nonsense"))
    with pytest.raises(Unreachable) as caught:
        await backend.observe("")
    assert caught.value.message.code == "options-make-no-cluster"
