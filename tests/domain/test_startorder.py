"""Sets for start order: fcm §2.5, C06, C07."""

from datetime import UTC, datetime, timedelta

from clusters.domain.items import GroupSet
from clusters.domain.startorder import may_start, providers_of, ready_at, roles_before

T0 = datetime(2026, 3, 4, tzinfo=UTC)
DATABASES = GroupSet("A", "A", ("sql1", "sql2"))
WEB = GroupSet("B", "B", ("web",), providers=("A",))


def at(**seconds: float) -> dict[str, datetime]:
    return {role: T0 + timedelta(seconds=value) for role, value in seconds.items()}


def test_a_set_is_ready_its_delay_after_the_last_began() -> None:  # fcm C06
    assert ready_at(DATABASES, at(sql1=0, sql2=5), {}) == T0 + timedelta(seconds=25)


def test_it_is_not_ready_before_all_began() -> None:
    assert ready_at(DATABASES, at(sql1=0), {}) is None


def test_fewer_may_be_enough() -> None:
    one = GroupSet("A", "A", ("sql1", "sql2"), startup_count=1)
    assert ready_at(one, at(sql2=3), {}) == T0 + timedelta(seconds=23)


def test_a_count_beyond_the_members_means_all() -> None:
    many = GroupSet("A", "A", ("sql1",), startup_count=9, startup_delay_s=0)
    assert ready_at(many, at(sql1=1), {}) == T0 + timedelta(seconds=1)


def test_trigger_online_waits_until_they_are_online() -> None:
    online = GroupSet("A", "A", ("sql1", "sql2"), trigger="online", startup_delay_s=10)
    assert ready_at(online, at(sql1=0, sql2=0), at(sql1=40)) is None
    assert ready_at(online, {}, at(sql1=40, sql2=60)) == T0 + timedelta(seconds=70)


def test_the_dependent_starts_then_and_not_before() -> None:
    began = at(sql1=0, sql2=0)
    assert not may_start("web", [DATABASES, WEB], began, {}, T0 + timedelta(seconds=19.9))
    assert may_start("web", [DATABASES, WEB], began, {}, T0 + timedelta(seconds=20))


def test_who_depends_on_nothing_starts_at_once() -> None:
    assert may_start("sql1", [DATABASES, WEB], {}, {}, T0)


def test_a_set_without_members_holds_nobody_up() -> None:
    assert may_start("web", [GroupSet("A", "A"), WEB], {}, {}, T0)


def test_providers_start_first_through_every_level() -> None:  # fcm C07
    front = GroupSet("C", "C", ("lb",), providers=("B",))
    assert roles_before("lb", [front, WEB, DATABASES]) == ("sql1", "sql2", "web")


def test_a_circle_is_cut() -> None:
    circle = [GroupSet("A", "A", ("a",), providers=("B",)), GroupSet("B", "B", ("b",), providers=("A",))]
    assert roles_before("a", circle) == ("b",)


def test_an_unknown_provider_is_left_out() -> None:
    assert providers_of("web", [WEB]) == ()
