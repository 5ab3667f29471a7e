"""Facts and small tables: what most tabs are made of."""

from dataclasses import dataclass
from datetime import datetime

from clusters.presenters.rows import Cell
from clusters.presenters.states import StateMark


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands beside it; `hint` is said more quietly behind it. What is `long` stands
    under its label, as wide as the column."""

    label: str
    text: str = ""
    href: str = ""
    at: datetime | None = None
    show: str = "both"
    mark: StateMark | None = None
    hint: str = ""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader should know before he acts: tone "warn", "crit" or "". `act` names an action to offer."""

    title: str
    text: str
    tone: str = ""
    act: str = ""
    act_label: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """A bar in percent: used, what is added to it, what leaves it; over the limit it changes colour."""

    label: str
    text: str
    used: int
    added: int = 0
    leaves: int = 0

    @property
    def together(self) -> int:
        return min(100, self.used + self.added)

    @property
    def over(self) -> bool:
        return self.used + self.added > 90


@dataclass(frozen=True, slots=True)
class Facts:
    """What `clusters/_facts.html` draws: columns of facts under notes, bars beside them. `readings` is where the page
    asks for processor and memory, which stand in the third column."""

    columns: tuple[tuple[Fact, ...], ...]
    notes: tuple[Note, ...] = ()
    meters: tuple[Meter, ...] = ()
    readings: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a table; `href` makes the first cell a link, `acts` is where the menu of what it shows is."""

    cells: tuple[Cell, ...]
    href: str = ""
    acts: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What `clusters/_table.html` draws."""

    label: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    empty: str = ""
    more: str = ""
    more_href: str = ""


def percent(part: int, whole: int) -> int:
    """A share in whole percent, 0 when there is no whole."""
    return round(100 * part / whole) if whole else 0
