"""What is, whatever the cluster believes: power, links, storage paths, and what runs where.

Only faults and the passage of time change it. The cluster learns of it through heartbeats and failing resources.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class World:
    """Links are "<node>@<network>", paths "<disk>@<node>"; a "*" stands for all of them."""

    powered: set[str] = field(default_factory=set)
    links: dict[str, list[str]] = field(default_factory=dict)  # network -> nodes that have an adapter on it
    heartbeats: set[str] = field(default_factory=set)  # networks the cluster uses
    cut_links: set[str] = field(default_factory=set)
    isolated: set[str] = field(default_factory=set)
    sides: dict[str, list[str]] = field(default_factory=dict)  # partition fault -> nodes cut off together
    cut_paths: set[str] = field(default_factory=set)
    dead_disks: set[str] = field(default_factory=set)
    witness_reachable: bool = True
    bandwidth_mb_s: int = 1100  # a 10 Gbit/s migration network, minus its overhead
    running: dict[str, set[str]] = field(default_factory=dict)  # node -> resources whose process really runs there

    def start(self, node: str, resource: str) -> None:
        """A process begins, where there is power for it."""
        if node in self.powered:
            self.running.setdefault(node, set()).add(resource)

    def stop(self, node: str, resource: str) -> None:
        """A process ends; stopping what does not run is harmless."""
        self.running.get(node, set()).discard(resource)

    def runs_on(self, resource: str) -> tuple[str, ...]:
        """Every node on which it really runs: more than one is the worst that can happen."""
        return tuple(sorted(node for node, found in self.running.items() if resource in found))

    def reaches(self, node: str, disk: str) -> bool:
        """Whether the node has a working path to the disk."""
        return disk not in self.dead_disks and not {f"{disk}@{node}", f"*@{node}"} & self.cut_paths

    def talks(self, a: str, b: str) -> bool:
        """Whether heartbeats can pass between two nodes on any network."""
        if a == b:
            return True
        if {a, b} & self.isolated or any((a in side) != (b in side) for side in self.sides.values()):
            return False
        return any(self._linked(a, network) and self._linked(b, network) for network in self.heartbeats)

    def components(self, nodes: Iterable[str]) -> list[list[str]]:
        """The nodes in groups that hear one another, largest first, then by name."""
        left = sorted(node for node in nodes if node in self.powered)
        groups: list[list[str]] = []
        while left:
            group, left = self._reachable(left[0], left)
            groups.append(group)
        return sorted(groups, key=lambda group: (-len(group), group))

    def link_works(self, node: str, network: str) -> bool:
        """Whether the node's own adapter on the network has a link."""
        return node in self.powered and self._linked(node, network)

    def _linked(self, node: str, network: str) -> bool:
        return node in self.links.get(network, ()) and f"{node}@{network}" not in self.cut_links

    def _reachable(self, first: str, nodes: list[str]) -> tuple[list[str], list[str]]:
        group, rest, fresh = [first], [node for node in nodes if node != first], [first]
        while fresh:
            heard = [node for node in rest if self.talks(fresh[0], node)]
            rest = [node for node in rest if node not in heard]
            group += heard
            fresh = fresh[1:] + heard
        return sorted(group), rest
