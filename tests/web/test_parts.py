"""The resources of a role, and those of the cluster itself, have their acts where they stand (fcm §1.6)."""

import re

from django.test import Client

PAGE = "/clusters/ams/roles/sql-prod-02?tab=resources"


def test_each_resource_of_a_role_leads_to_its_acts(alice: Client) -> None:
    page = alice.get(PAGE).content.decode()
    menus = re.findall(r'data-acts="(/clusters/ams/menu/resource/[^"]+)"', page)
    assert menus
    for menu in menus:
        acts = alice.get(menu).content.decode()
        assert "/do/take-offline?" in acts
        assert "/do/simulate-failure?" in acts


def test_the_menu_of_a_resource_says_its_name_and_state(alice: Client) -> None:
    head = alice.get("/clusters/ams/menu/resource/dc-01-vm").content.decode().partition("</div>")[0]
    assert "Virtual Machine DC-01" in head
    assert "Online" in head


def test_the_cluster_s_own_resources_lead_to_their_acts(alice: Client) -> None:
    core = alice.get("/clusters/ams/").content.decode().partition("Cluster Core Resources")[2]
    assert 'data-acts="/clusters/ams/menu/resource/cluster-name"' in core


def test_a_resource_is_shown_with_its_role_and_not_by_itself(alice: Client) -> None:
    answer = alice.get("/clusters/ams/selection/?kind=resource&sel=dc-01-vm")
    assert answer.status_code < 500
    assert 'class="details none"' in answer.content.decode()
