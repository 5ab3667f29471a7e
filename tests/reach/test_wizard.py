"""The wizard, step by step: what it asks, what it refuses, what it keeps, and that only superusers get to it."""

import re
from pathlib import Path

import asyncssh
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from clusters import connections, credentials
from clusters.backends import sshkeys
from clusters.models import Cluster, Credential, Ledger
from clusters.zones import own_zone
from tests.backends.pacemaker.sshnode import HOST, USER, Node
from tests.reach.hosts import host
from tests.reach.walk import NAME, Walk, secret_lines

HOSTILE = ("$(reboot)", "`id`", "'; rm -rf /", '"><script>alert(1)</script>', "-oProxyCommand=x", "\u202etxt")


@pytest.fixture
def walk(boss: Client) -> Walk:
    return Walk(boss)


# who


@pytest.mark.parametrize("path", ["/clusters/add/", "/clusters/add/name/", "/clusters/lab/connection/"])
@pytest.mark.parametrize("staff", [False, True])
def test_only_superusers_get_in(lab: Cluster, path: str, staff: bool) -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice", is_staff=staff))
    answer = client.get(path)
    assert answer.status_code == 403
    assert "superusers" in answer.content.decode()


def test_who_is_not_signed_in_is_sent_to_the_door(db: None) -> None:
    assert Client().get("/clusters/add/").headers["Location"].startswith("/accounts/login/")


def test_the_start_page_offers_it_to_superusers_only(boss: Client, lab: Cluster) -> None:
    assert 'href="/clusters/add/"' in boss.get("/").content.decode()
    other = Client()
    other.force_login(User.objects.create_user("alice"))
    assert "/clusters/add/" not in other.get("/").content.decode()


# simulated


def test_a_simulated_cluster_of_a_chosen_size(walk: Walk) -> None:
    walk.answer("", backend="simulator")
    walk.answer("name", name="Little one")
    walk.answer("size", profile="2019", nodes="3", machines="5")
    answer = walk.answer("finish")
    assert answer.headers["Location"] == "/clusters/little-one/"
    cluster = Cluster.objects.get()
    assert (cluster.slug, cluster.backend, cluster.profile) == ("little-one", "simulator", "2019")
    assert connections.connect(cluster)
    assert Ledger.objects.filter(cluster=cluster).exists()


def test_the_hours_of_a_simulated_cluster_are_of_a_zone_that_is_asked_for(walk: Walk) -> None:
    walk.answer("", backend="simulator")
    walk.answer("name", name="Little one")
    walk.answer("size", profile="2019", nodes="3", machines="5", time_zone="Asia/Tokyo")
    assert "Asia/Tokyo" in walk.get("finish").content.decode()
    walk.answer("finish")
    assert Cluster.objects.get().time_zone == "Asia/Tokyo"


def test_the_zone_of_the_console_s_machine_is_proposed(walk: Walk) -> None:
    walk.answer("", backend="simulator")
    walk.answer("name", name="Little one")
    page = walk.get("size").content.decode()
    assert f"<option selected>{own_zone()}</option>" in page


@pytest.mark.parametrize(
    ("place", "zone"),
    [("zoneinfo/Europe/Amsterdam", "Europe/Amsterdam"), ("zoneinfo/Etc/UTC", "UTC"), ("elsewhere", "UTC")],
)
def test_a_machine_says_its_zone_by_a_link(tmp_path: Path, place: str, zone: str) -> None:
    (tmp_path / "localtime").symlink_to(tmp_path / "usr/share" / place)
    assert own_zone(tmp_path / "localtime") == zone


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ({"nodes": "17"}, "16"),
        ({"nodes": "0"}, "1"),
        ({"machines": "many"}, "whole number"),
        ({"profile": "95"}, "95"),
        ({"time_zone": "Mars"}, "Mars"),
    ],
)
def test_a_size_that_cannot_be_is_refused(walk: Walk, size: dict[str, str], told: str) -> None:
    walk.answer("", backend="simulator")
    walk.answer("name", name="Little one")
    answer = walk.answer("size", **{"profile": "2008R2", "nodes": "2", "machines": "5", **size})
    assert (answer.status_code, told in answer.content.decode()) == (422, True)


def test_windows_is_named_and_cannot_be_chosen(walk: Walk) -> None:
    assert "cannot reach them yet" in walk.get("").content.decode()
    assert walk.answer("", backend="windows").status_code == 422


# names and addresses


def test_a_name_that_is_taken_is_said_and_what_was_typed_stays(walk: Walk, lab: Cluster) -> None:
    walk.answer("", backend="pacemaker")
    answer = walk.answer("name", name="Another", slug="lab", description="Third floor")
    assert answer.status_code == 422
    assert 'value="Third floor"' in answer.content.decode()


@pytest.mark.parametrize("slug", ["add", "Add it!", "a/b"])
def test_an_address_that_cannot_be_is_refused(walk: Walk, slug: str) -> None:
    walk.answer("", backend="pacemaker")
    assert walk.answer("name", name="Lab", slug=slug).status_code == 422


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(walk: Walk, name: str) -> None:
    walk.answer("", backend="pacemaker")
    walk.answer("name", name=name, slug="lab")
    page = walk.get("nodes").content.decode()
    assert walk.draft.name == name
    assert "<script>alert" not in page


@pytest.mark.parametrize("address", "a b c|host:ssh|host:0|host:99999|$(x)|-oProxy=1 x|[::1|a;b|h/".split("|"))
def test_what_is_no_address_is_refused_and_stays_typed(walk: Walk, address: str) -> None:
    walk.answer("", backend="pacemaker")
    walk.answer("name", name="Lab")
    answer = walk.answer("nodes", nodes=f"node1 {address}", user=USER)
    assert answer.status_code == 422
    assert "node1" in answer.content.decode()


@pytest.mark.parametrize("user", ["-l root", "a b", "root;id", "", "ü", "a" * 65])
def test_what_is_no_account_is_refused(walk: Walk, user: str) -> None:
    walk.answer("", backend="pacemaker")
    walk.answer("name", name="Lab")
    assert walk.answer("nodes", nodes="node1", user=user).status_code == 422


def test_addresses_of_every_kind_are_understood(walk: Walk) -> None:
    walk.answer("", backend="pacemaker")
    walk.answer("name", name="Lab")
    walk.answer("nodes", nodes="a\nb 10.0.0.2\nc h.example:2222\nd [fe80::1]:23\ne fe80::2\nf local\n\n", user=USER)
    assert walk.draft.nodes() == {
        "a": {"host": "a"}, "b": {"host": "10.0.0.2"}, "c": {"host": "h.example", "port": 2222},
        "d": {"host": "fe80::1", "port": 23}, "e": {"host": "fe80::2"}, "f": {},
    }  # fmt: skip
    shown = walk.get("nodes").content.decode()
    assert "d [fe80::1]:23\ne fe80::2\nf local" in shown


def test_a_node_that_stands_there_twice_is_refused(walk: Walk) -> None:
    walk.answer("", backend="pacemaker")
    walk.answer("name", name="Lab")
    assert walk.answer("nodes", nodes="a 1.2.3.4\na 1.2.3.5", user=USER).status_code == 422


def test_a_step_that_comes_too_early_leads_back(walk: Walk) -> None:
    assert walk.get("tests").headers["Location"] == reverse("add")
    walk.answer("", backend="pacemaker")
    assert walk.get("tests").headers["Location"] == reverse("add-step", args=["name"])
    assert walk.get("nowhere").status_code == 404


# keys


def test_a_new_key_is_made_and_only_its_public_half_is_shown(walk: Walk, node: Node) -> None:
    walk.to_key(node)
    assert walk.answer("key", how="generate").headers["Location"] == reverse("add-step", args=["key"])
    shown = walk.get("key").content.decode()
    (public,) = re.findall(r"ssh-ed25519 [\w+/=]+", shown)
    assert sshkeys.fingerprint(public) == walk.draft.public["key"][1]
    assert "PRIVATE KEY" not in shown.replace("-----BEGIN OPENSSH PRIVATE KEY-----", "", 1)


def test_what_is_no_key_is_said_and_not_given_back(walk: Walk, node: Node) -> None:
    walk.to_key(node)
    broken = (node.folder / "id").read_text().replace("A", "B", 5)
    answer = walk.answer("key", how="paste", private_key=broken, passphrase="hunter2hunter2")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "no private key" in text
    assert not any(line in text for line in broken.splitlines()[1:-1])
    assert "hunter2" not in text


def test_a_key_with_a_passphrase_is_opened_once(walk: Walk, node: Node) -> None:
    walk.to_key(node)
    locked = asyncssh.read_private_key(node.folder / "id").export_private_key("pkcs8-pem", "open sesame").decode()
    assert "passphrase" in walk.answer("key", how="paste", private_key=locked).content.decode()
    wrong = walk.answer("key", how="paste", private_key=locked, passphrase="no")
    assert (wrong.status_code, "does not open" in wrong.content.decode()) == (422, True)
    right = walk.answer("key", how="paste", private_key=locked, passphrase="open sesame")
    assert right.status_code == 302


def test_the_agent_needs_no_key(walk: Walk, node: Node) -> None:
    walk.to_key(node)
    walk.answer("key", how="agent")
    assert (walk.draft.options["agent"], "credential" in walk.draft.options) == (True, False)


def test_a_draft_of_another_version_begins_anew(walk: Walk) -> None:
    walk.answer("", backend="simulator")
    session = walk.browser.session
    session["cluster-draft"] |= {"of_another_version": True}
    session.save()
    assert walk.get("name").headers["Location"] == "/clusters/add/"
    assert walk.get("").status_code == 200


def test_the_session_holds_no_secret(walk: Walk, node: Node) -> None:
    walk.to_key(node)
    walk.answer("key", how="paste", private_key=(node.folder / "id").read_text())
    kept = str(dict(walk.browser.session.items()))
    assert not any(line in kept for line in secret_lines(node.folder))


# host keys


def test_host_keys_are_shown_by_fingerprint_and_nothing_is_confirmed_by_itself(walk: Walk, node: Node) -> None:
    walk.to_host_keys(node)
    shown = walk.answer("host-keys", look="1").content.decode()
    fingerprint = asyncssh.import_public_key(node.host_key).get_fingerprint()
    assert shown.count(f'<code tabindex="0">{fingerprint}</code>') == 1
    assert not re.search(r'name="key"[^>]*checked', shown)
    answer = walk.answer("host-keys", confirm="1")
    assert (answer.status_code, "these yet: node1." in answer.content.decode()) == (422, True)
    assert node.logins == 0


def test_only_what_was_shown_can_be_confirmed(walk: Walk, node: Node) -> None:
    walk.to_host_keys(node)
    walk.answer("host-keys", look="1")
    walk.answer("host-keys", confirm="1", key=["node1 SHA256:something-else", "node9 SHA256:x", "nonsense"])
    assert walk.draft.unconfirmed() == ("node1",)


def test_a_confirmed_key_stays_where_the_address_stays(walk: Walk, node: Node) -> None:
    walk.to_tests(node)
    walk.answer("nodes", nodes=f"node1 {HOST}:{node.port}\nnode2 10.9.9.9", user=USER)
    assert walk.draft.unconfirmed() == ("node2",)


def test_a_machine_that_is_away_is_said_with_what_to_do(walk: Walk, node: Node) -> None:
    walk.to_host_keys(node)
    walk.answer("nodes", nodes=f"node1 {HOST}:1", user=USER)
    assert "cannot be reached" in walk.answer("host-keys", look="1").content.decode()


def test_a_node_that_is_away_holds_nobody_up_and_stays_without_a_key(walk: Walk, node: Node) -> None:
    walk.to_host_keys(node)
    walk.answer("nodes", nodes=f"node1 {HOST}:{node.port}\nnode2 {HOST}:1", user=USER)
    shown = walk.answer("host-keys", look="1").content.decode()
    assert "No host key is seen of these: node2." in shown
    (key,) = re.findall(r'name="key" value="([^"]+)"', shown)
    assert walk.answer("host-keys", confirm="1", key=key).headers["Location"] == "/clusters/add/tests/"
    assert "Nobody has confirmed the host key of node2 yet." in walk.answer("tests").content.decode()
    assert "no confirmed host key yet: node2." in walk.get("finish").content.decode()
    walk.answer("finish", acts="no", anyway="on")
    assert {name: "host_key" in each for name, each in Cluster.objects.get().options["nodes"].items()} == {
        "node1": True, "node2": False
    }  # fmt: skip


def test_where_no_node_shows_its_key_nobody_goes_on(walk: Walk, node: Node) -> None:
    walk.to_host_keys(node)
    walk.answer("nodes", nodes=f"node1 {HOST}:1\nnode2 {HOST}:1", user=USER)
    walk.answer("host-keys", look="1")
    assert walk.answer("host-keys", confirm="1").status_code == 422
    assert walk.get("tests").headers["Location"] == "/clusters/add/host-keys/"


def test_a_key_that_is_shown_is_confirmed_or_nobody_goes_on(walk: Walk, node: Node, tmp_path: Path) -> None:
    walk.to_tests(node)
    with host(tmp_path / "other", "node2") as other:
        nodes = f"node1 {HOST}:{node.port}\nnode2 {HOST}:{other.port}\nnode3 {HOST}:1"
        walk.answer("nodes", nodes=nodes, user=USER)
        walk.answer("host-keys", look="1")
        answer = walk.answer("host-keys", confirm="1")
        assert (answer.status_code, "these yet: node2." in answer.content.decode()) == (422, True)


def test_a_node_behind_a_jump_host_that_is_away_waits_for_it(walk: Walk, node: Node) -> None:
    walk.to_host_keys(node)
    own = (node.folder / "id").read_text()
    walk.answer("way", way="jump", host=f"{HOST}:1", own_key="on", private_key=own)
    assert "Jump host" in walk.answer("host-keys", look="1").content.decode()
    assert walk.answer("host-keys", confirm="1").status_code == 422


def test_a_jump_host_is_confirmed_before_what_lies_behind_it(walk: Walk, node: Node, tmp_path: Path) -> None:
    walk.to_key(node)
    walk.answer("key", how="paste", private_key=(node.folder / "id").read_text())
    with host(tmp_path / "gate") as gate:
        own = (gate.folder / "id").read_text()
        walk.answer("way", way="jump", host=f"{HOST}:{gate.port}", own_key="on", private_key=own)
        first = walk.answer("host-keys", look="1").content.decode()
        assert re.findall(r'name="key" value="(\S+ \S+|\S+) SHA', first) == ["jump host"]
        walk.answer("host-keys", confirm="1", key=re.findall(r'name="key" value="([^"]+)"', first))
        then = walk.answer("host-keys", look="1").content.decode()
        walk.answer("host-keys", confirm="1", key=re.findall(r'name="key" value="([^"]+)"', then))
        assert walk.draft.unconfirmed() == ()
        assert "All tests that matter have passed" in walk.answer("tests").content.decode()
        assert gate.led_on


# tests and the end


def test_tests_are_told_in_words(walk: Walk, node: Node) -> None:
    walk.to_tests(node)
    text = walk.answer("tests").content.decode()
    assert "The account may read the cluster." in text
    assert "All tests that matter have passed." in text


def test_a_cluster_is_added_to_be_looked_at_only(walk: Walk, node: Node) -> None:
    walk.to_finish(node)
    assert walk.answer("finish", acts="no").headers["Location"] == "/clusters/lab/"
    cluster = Cluster.objects.get()
    assert (cluster.name, cluster.options["acts"]) == (NAME, False)
    assert (
        sshkeys.read(credentials.reveal(cluster, "key")).public == sshkeys.read((node.folder / "id").read_text()).public
    )
    assert "cluster-draft" not in walk.browser.session


def test_acting_is_a_choice_of_its_own(walk: Walk, node: Node) -> None:
    walk.to_finish(node)
    assert "as good as root" in walk.get("finish").content.decode()
    walk.answer("finish", acts="yes")
    assert Cluster.objects.get().options["acts"] is True


def test_what_was_not_tested_is_added_only_on_purpose(walk: Walk, node: Node) -> None:
    walk.to_tests(node)
    assert walk.answer("finish", acts="no").status_code == 422
    assert not Cluster.objects.exists()
    assert walk.answer("finish", acts="no", anyway="on").status_code == 302


def test_tests_do_not_outlive_a_change(walk: Walk, node: Node) -> None:
    walk.to_finish(node)
    walk.answer("way", way="direct")
    assert walk.answer("finish", acts="no").status_code == 422


def test_a_name_that_was_taken_meanwhile_is_said(walk: Walk, node: Node) -> None:
    walk.to_finish(node)
    Cluster.objects.create(slug="lab", name="Other", backend="simulator")
    answer = walk.answer("finish", acts="no")
    assert (answer.status_code, "already" in answer.content.decode()) == (422, True)
    assert not Credential.objects.exists()


def test_another_kind_begins_anew(walk: Walk, node: Node) -> None:
    walk.to_finish(node)
    walk.answer("", backend="simulator")
    assert (walk.draft.options, walk.draft.sealed) == ({}, {})


def test_a_lost_ring_of_keys_is_said_where_it_matters(walk: Walk, node: Node, ring: Path) -> None:
    walk.to_finish(node)
    ring.unlink()
    answer = walk.answer("finish", acts="no")
    assert answer.status_code == 422
    assert "credential-keys" in answer.content.decode()
