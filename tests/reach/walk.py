"""Goes through the wizard as an administrator does, one answer after the other."""

import re
from pathlib import Path

from django.http import HttpResponse
from django.test import Client

from clusters.drafts import Draft
from tests.backends.pacemaker.sshnode import HOST, USER, Node

NAME = "Lab <b>&\"'"


class Walk:
    """One administrator before the wizard."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser

    def get(self, step: str) -> HttpResponse:
        return self.browser.get(f"/clusters/add/{step}/" if step else "/clusters/add/")  # type: ignore[return-value]

    def answer(self, step: str, **answers: object) -> HttpResponse:
        """Post one step's form."""
        address = f"/clusters/add/{step}/" if step else "/clusters/add/"
        return self.browser.post(address, answers)  # type: ignore[return-value]

    @property
    def draft(self) -> Draft:
        return Draft(**self.browser.session["cluster-draft"])

    def to_key(self, node: Node, name: str = NAME) -> None:
        """Kind, name, nodes."""
        self.answer("", backend="pacemaker")
        self.answer("name", name=name, slug="lab")
        self.answer("nodes", nodes=f"node1 {HOST}:{node.port}", user=USER)

    def to_host_keys(self, node: Node, name: str = NAME) -> None:
        """And a pasted key, and no jump host."""
        self.to_key(node, name)
        self.answer("key", how="paste", private_key=(node.folder / "id").read_text())
        self.answer("way", way="direct")

    def to_tests(self, node: Node, name: str = NAME) -> None:
        """And all host keys confirmed."""
        self.to_host_keys(node, name)
        shown = self.answer("host-keys", look="1").content.decode()
        self.answer("host-keys", confirm="1", key=re.findall(r'name="key" value="([^"]+)"', shown))

    def to_finish(self, node: Node, name: str = NAME) -> None:
        """And tested."""
        self.to_tests(node, name)
        self.answer("tests")


def secret_lines(folder: Path) -> list[str]:
    """Lines of the private key that must be nowhere."""
    return (folder / "id").read_text().splitlines()[1:-1]
