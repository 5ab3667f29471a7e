"""What a cluster with dynamic quorum survives (fcm §2.11): the share of all choices of failing nodes.

One table for the policy and for the simulated cluster that obeys it.
"""

from fractions import Fraction
from typing import NamedTuple

YES, NO, HALF = Fraction(1), Fraction(0), Fraction(1, 2)


class Row(NamedTuple):
    nodes: int
    witness: bool
    one: Fraction
    two_in_turn: Fraction
    two_at_once: Fraction

    def __str__(self) -> str:
        return f"{self.nodes} nodes{' and a witness' if self.witness else ''}"


SURVIVAL = (
    Row(2, False, HALF, NO, NO),
    Row(2, True, YES, NO, NO),
    Row(3, False, YES, HALF, NO),
    Row(3, True, YES, YES, NO),
    Row(4, False, YES, YES, HALF),
    Row(4, True, YES, YES, YES),
    *(Row(nodes, witness, YES, YES, YES) for nodes in (5, 6, 7, 8) for witness in (False, True)),
)
