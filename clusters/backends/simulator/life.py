"""A demo that breathes: now and then something small happens by itself, off unless somebody wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.domain.commands import SetClock, SetLife

if TYPE_CHECKING:
    from clusters.backends.simulator.engine import Engine

EVERY_MS = (60_000, 240_000)


def set_life(engine: Engine, key: str, command: SetLife) -> None:
    """Switch it on or off."""
    switch(engine, command.on)
    engine.finish(key)


def switch(engine: Engine, on: bool) -> None:
    """Whether small things happen from now on."""
    engine.change(engine.facts.cluster, alive=on)
    if on:
        engine.after(engine.chance.randint(*EVERY_MS), "life", "life")
    else:
        engine.line.drop("life")


def live(engine: Engine) -> None:
    """Happening: something small happens, if the cluster has nothing else to do."""
    calm = not (engine.courses or engine.transfers or engine.drains) and engine.facts.cluster.has_quorum
    if calm and engine.extension.on_life:
        engine.chance.choice(engine.extension.on_life)(engine)
    engine.after(engine.chance.randint(*EVERY_MS), "life", "life")


def set_clock(engine: Engine, key: str, command: SetClock) -> None:
    """The clock's speed is a fact like others; whoever drives the engine obeys it."""
    engine.change(engine.facts.cluster, speed=float(command.speed))
    engine.finish(key)
