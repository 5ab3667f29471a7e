"""The cluster's own page, as FCM's summary has it: host, networks, recent events, core resources (fcm §1.3)."""

from django.test import Client

from clusters.models import Cluster, LogEntry


def page(client: Client) -> str:
    return client.get("/clusters/ams/").content.decode()


def test_it_names_the_host_of_the_cluster_and_its_networks(alice: Client) -> None:
    assert '<dt>Current Host Server</dt><dd><a href="/clusters/ams/nodes/ams-hv01">AMS-HV01</a>' in page(alice)
    assert '<a href="/clusters/ams/networks/">Cluster Network 1, Migration</a>' in page(alice)


def test_it_counts_recent_events_by_level(alice: Client) -> None:
    assert "1 critical, 1 error, 1 warning" in page(alice)


def test_it_says_that_nothing_has_happened_of_late(alice: Client, cluster: Cluster) -> None:
    LogEntry.objects.filter(cluster=cluster, level__gte=2).delete()
    assert "None in the last 24 hours" in page(alice)


def test_the_witness_stands_among_the_core_resources(alice: Client) -> None:
    core = page(alice).partition("Cluster Core Resources")[2]
    assert core.index("Cloud witness") < core.index("Cluster Name")


def test_witness_and_votes_are_said_in_one_line(alice: Client) -> None:
    assert "Witness OK. 7 votes, 4 needed." in page(alice)
