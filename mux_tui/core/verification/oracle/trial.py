"""Trying a change: every oracle on the untouched tree, and on the tree with it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Protocol

from mux_tui.core.change import FileChange
from mux_tui.core.verification.oracle.compare import compare
from mux_tui.core.verification.oracle.facts import Comparison, Oracle, Proof, Room
from mux_tui.core.verification.oracle.recipe import edited_recipe, rewritten_tests
from mux_tui.core.verification.oracle.run import Bench, prove

_REPEATED = ("tests", "command")


class Stage(Protocol):
    """The tree that a trial is about, in the state that is asked for.

    Between two requests for the same state, what the runs leave there stays: one may
    build what the next one needs.
    """

    async def before(self) -> Room:
        """The untouched tree."""
        ...

    async def after(self) -> Room:
        """The tree with the change."""
        ...


class Baselines:
    """What oracles said of untouched trees, so that a second draft does not pay again.

    Kept for as long as this object is; a key names the content of a tree.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._known: dict[tuple[str, Oracle], Proof] = {}

    async def proof(
        self, key: str, oracle: Oracle, stage: Stage, bench: Bench
    ) -> Proof:
        """What the oracle says of the tree, asked at most once."""
        known = self._known.get((key, oracle))
        if known is None:
            known = await prove_twice(oracle, await stage.before(), bench)
            self._known[key, oracle] = known
        return known


async def prove_twice(oracle: Oracle, room: Room, bench: Bench) -> Proof:
    """Run an oracle, and once more when tests fail: a test that then passes is flaky.

    What only reads is not run again, since it would say the same.
    """
    first = await prove(oracle, room, bench)
    if first.status != "fail" or oracle.kind not in _REPEATED:
        return first

    return settled(first, await prove(oracle, room, bench))


def settled(first: Proof, second: Proof) -> Proof:
    """What a failing run and the one after it say together."""
    seconds = first.seconds + second.seconds
    if second.status == "unknown":
        return replace(first, seconds=seconds)
    if not (first.failing or second.failing):
        if second.status == "fail":
            return replace(second, seconds=seconds)
        told = f"{first.oracle}: flaky: it failed, and passed when it was run again"
        return replace(first, status="unknown", summary=told, seconds=seconds)

    both = set(first.failing) & set(second.failing)
    flaky = (set(first.failing) ^ set(second.failing)) & (
        {*first.passing, *second.passing}
    )
    lost = {*first.failing, *second.failing} - both - flaky
    failing = tuple(name for name in first.failing if name in both | lost)
    passing = tuple(
        name for name in second.passing if name not in flaky and name not in failing
    )
    named = ", ".join(sorted(flaky)[:3])
    summary = f"{first.oracle}: flaky: {named}" if flaky and not failing else ""
    return replace(
        first,
        status="fail" if failing else "unknown",
        summary=summary or first.summary,
        failing=failing,
        passing=passing,
        flaky=tuple(sorted(flaky)),
        seconds=seconds,
    )


async def trials(
    oracles: Sequence[Oracle],
    stage: Stage,
    bench: Bench,
    baselines: Baselines,
    *,
    key: str,
    changes: Sequence[FileChange] = (),
    asked: Sequence[str] = (),
) -> AsyncGenerator[Comparison, None]:
    """Try a change with one oracle after the other, and say of each what it says.

    Ends after the floor when that fails: what cannot be parsed needs no tests.

    Args:
        oracles: As `detect` found them, in their order.
        stage: Where they run.
        bench: What all runs share.
        baselines: What is known of untouched trees.
        key: Names the untouched tree's content.
        changes: What is tried.
        asked: Tests that the change is to fix.
    """
    rewritten = await asyncio.to_thread(rewritten_tests, changes)
    floor = [oracle for oracle in oracles if oracle.kind == "floor"]
    above = [oracle for oracle in oracles if oracle.kind != "floor"]
    failed = False
    for some in (floor, above):
        # All of them before, then all of them after: the tree changes its state once.
        earlier = [await baselines.proof(key, one, stage, bench) for one in some]
        for oracle, before in zip(some, earlier, strict=True):
            later = await prove_twice(oracle, await stage.after(), bench)
            edited = edited_recipe(oracle, changes)
            told = compare(
                oracle, before, later, asked=asked, edited=edited, rewritten=rewritten
            )
            failed = failed or told.status == "fail"
            yield told
        if failed:
            return
