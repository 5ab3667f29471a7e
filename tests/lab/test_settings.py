"""Settings of a machine are changed by clicks: they stand in the real cluster's configuration and on the page."""

import pytest

from clusters.backends.pacemaker.document import parse
from tests.lab.conftest import located
from tests.lab.pages import Administrator
from tests.lab.real import Lab
from tests.lab.test_clicks import meta

pytestmark = pytest.mark.lab


def scores(lab: Lab) -> dict[str, str]:
    """What the constraints say of vm1: node -> score."""
    found = parse(lab.constraints(), "constraints").iterfind("rsc_location[@rsc='vm1']")
    return {each.get("node", ""): each.get("score", "") for each in found}


def test_a_priority_is_set(lab: Lab, takes_back: None, admin: Administrator) -> None:
    for words, value in (("High", "1000"), ("Low", "-1000"), ("Medium", "0")):
        admin.does("roles/", "vm1", "set-priority", words)
        admin.ended("vm1", "Change properties", "Done")
        admin.reads("roles/vm1", words)
        assert meta(lab, "vm1", "priority") == value


def test_preferred_and_possible_owners_are_ticked(lab: Lab, takes_back: None, admin: Administrator) -> None:
    assert scores(lab) == {"node1": "50"}
    admin.does("roles/", "vm1", "set-preferred-owners", preferred_owners=["node2", "node3"])
    admin.ended("vm1", "Change properties", "Done")
    admin.reads("roles/vm1", "Preferred owners", "node2, node3")
    assert scores(lab) == {"node2": "50", "node3": "49"}
    admin.does_inside("vm1", "set-possible-owners", possible_owners=["node1", "node2"])
    admin.ended("vm1", "Change resource", "Done")
    assert scores(lab) == {"node2": "50", "node3": "-INFINITY"} | scores(lab)
    admin.reads("roles/vm1?tab=where", "Not a possible owner.")
    admin.does_inside("vm1", "set-possible-owners", possible_owners=["node1", "node2", "node3"])
    admin.ended("vm1", "Change resource", "Done")
    admin.reads("roles/vm1?tab=where", "Where it can run")
    admin.reads_no_more("Not a possible owner.")
    assert "-INFINITY" not in scores(lab).values()
    lab.settle()
    assert located(lab, "vm1") == "node1"  # a wish moves nothing that runs


def test_limits_of_failures_are_typed_and_taken_away(lab: Lab, takes_back: None, admin: Administrator) -> None:
    admin.does("roles/", "vm1", "set-failures", leaves_after="3", forgets_after_s="600")
    admin.ended("vm1", "Change properties", "Done")
    admin.reads("roles/vm1", "After 3 failures on a node it leaves that node.")
    assert (meta(lab, "vm1", "migration-threshold"), meta(lab, "vm1", "failure-timeout")) == ("3", "600")
    admin.does("roles/", "vm1", "set-failures", leaves_after="", forgets_after_s="")
    admin.ended("vm1", "Change properties", "Done")
    admin.reads("roles/vm1", "no number of failures makes it leave")
    assert not meta(lab, "vm1", "migration-threshold")
