"""A private key goes through the whole console and is then looked for everywhere it could have been left behind."""

import logging
import os
from io import StringIO
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter
from pytest_django.fixtures import Settings

from clusters import connections, credentials
from clusters.backends import sshkeys
from clusters.models import Cluster, Credential
from tests.backends.pacemaker.sshnode import HOST, USER, Node
from tests.reach.walk import Walk, secret_lines

PAGES = (
    "/", "/clusters/lab/", "/clusters/lab/connection/", "/clusters/lab/connection/remove/", "/clusters/lab/nodes/",
    "/clusters/lab/operations/", "/clusters/lab/events/", "/admin/", "/admin/clusters/cluster/",
    "/admin/clusters/credential/",
)  # fmt: skip
STEPS = ("", "name", "nodes", "key", "way", "host-keys", "tests", "finish")


@pytest.fixture
def secret(node: Node) -> list[str]:
    return secret_lines(node.folder)


def held(text: str, secret: list[str]) -> bool:
    return any(line in text for line in secret)


def test_no_page_of_the_wizard_gives_the_key_back(boss: Client, node: Node, secret: list[str]) -> None:
    walk = Walk(boss)
    walk.to_finish(node)
    wrong = walk.answer("key", how="paste", private_key="\n".join(secret), passphrase=secret[0])
    assert not held(wrong.content.decode(), secret)
    assert [step for step in STEPS if held(walk.get(step).content.decode(), secret)] == []


def test_no_page_of_the_console_or_its_administration_shows_it(boss: Client, node: Node, secret: list[str]) -> None:
    walk = Walk(boss)
    walk.to_finish(node)
    walk.answer("finish", acts="no")
    stored = Credential.objects.get()
    admin = [
        f"/admin/clusters/{each}/" for each in (f"credential/{stored.pk}/change", f"cluster/{stored.cluster_id}/change")
    ]
    pages = {page: boss.get(page) for page in (*PAGES, *admin)}
    assert {page: answer.status_code for page, answer in pages.items() if answer.status_code != 200} == {}
    assert [page for page, answer in pages.items() if held(answer.content.decode(), secret)] == []
    assert stored.fingerprint in pages[admin[0]].content.decode()
    assert bytes(stored.ciphertext).hex()[:40] not in pages[admin[0]].content.decode()


def test_no_table_holds_it(boss: Client, node: Node, secret: list[str]) -> None:
    walk = Walk(boss)
    walk.to_finish(node)
    tables = {name: _dump(name) for name in connection.introspection.table_names()}
    assert [name for name, text in tables.items() if held(text, secret)] == []
    walk.answer("finish", acts="no")
    assert [name for name in tables if held(_dump(name), secret)] == []


def test_no_log_tells_it(boss: Client, node: Node, secret: list[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncssh").setLevel(logging.DEBUG)
    walk = Walk(boss)
    walk.to_finish(node)
    walk.answer("finish", acts="no")
    boss.post("/clusters/lab/connection/tests/")
    assert caplog.records
    assert not held(caplog.text, secret)


def test_no_representation_and_no_command_line_has_it(boss: Client, node: Node, secret: list[str]) -> None:
    walk = Walk(boss)
    walk.to_finish(node)
    draft = walk.draft
    walk.answer("finish", acts="no")
    cluster, stored = Cluster.objects.get(), Credential.objects.get()
    backend = connections.connect(cluster)
    shown = f"{draft!r} {draft.plan()!r} {cluster.options!r} {stored!r} {stored} {backend!r} {vars(backend)!r}"
    assert not held(shown, secret)
    assert not held(" ".join(node.heard), secret)
    assert not held(Path(f"/proc/{os.getpid()}/cmdline").read_text(), secret)
    async_to_sync(backend.close)()


def test_the_command_says_nothing_of_it(
    db: None, node: Node, secret: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    out, file = StringIO(), node.folder / "id"
    pins, nodes = [f"node1={_fingerprint(node)}"], [f"node1={HOST}:{node.port}"]
    call_command("addcluster", "lab", user=USER, store_key=str(file), node=nodes, host_key=pins, stdout=out, stderr=out)
    assert not held(out.getvalue() + "".join(capfd.readouterr()), secret)
    kept = credentials.reveal(Cluster.objects.get(), credentials.KEY)
    assert sshkeys.read(kept).public == sshkeys.read(file.read_text()).public


def test_the_administration_can_neither_add_nor_change_one(boss: Client, node: Node) -> None:
    walk = Walk(boss)
    walk.to_finish(node)
    walk.answer("finish", acts="no")
    stored = Credential.objects.get()
    assert boss.get(reverse("admin:clusters_credential_add")).status_code == 403
    assert boss.post(reverse("admin:clusters_credential_change", args=[stored.pk]), {"name": "x"}).status_code == 403


def _fingerprint(node: Node) -> str:
    return sshkeys.fingerprint(node.host_key)


def _dump(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM " + connection.ops.quote_name(table))  # noqa: S608 (a name from the schema)
        rows = cursor.fetchall()
    return repr([[bytes(each) if isinstance(each, memoryview) else each for each in row] for row in rows])


def test_an_error_report_leaves_the_key_out(boss: Client, node: Node, secret: list[str], settings: Settings) -> None:
    walk = Walk(boss)
    walk.to_key(node)
    boss.raise_request_exception = False
    settings.CREDENTIAL_KEYS_FILE = None  # nobody foresaw that
    answer = walk.answer("key", how="paste", private_key=(node.folder / "id").read_text())
    assert answer.status_code == 500
    request = answer.wsgi_request  # type: ignore[attr-defined]
    told = ExceptionReporter(request, *answer.exc_info).get_traceback_text()  # type: ignore[attr-defined]
    assert "TypeError" in told
    assert not held(told, secret)
