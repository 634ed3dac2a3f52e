"""Trying a change: every oracle on the untouched copy, and on the copy with it."""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

from mux_tui.core.verification.oracle.compare import compare
from mux_tui.core.verification.oracle.facts import Comparison, Oracle, Proof, Room
from mux_tui.core.verification.oracle.recipe import edited_recipe, rewritten_tests
from mux_tui.core.verification.oracle.run import Bench, prove

_CHUNK = 1024 * 1024
_REPEATED = ("tests", "command")


class Baselines:
    """What oracles said of untouched trees, so that a second draft does not pay again.

    Kept for as long as this object is; a key names the content of a tree.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._known: dict[tuple[str, Oracle], Proof] = {}

    async def proof(self, key: str, oracle: Oracle, room: Room, bench: Bench) -> Proof:
        """What the oracle says of the tree, asked at most once."""
        known = self._known.get((key, oracle))
        if known is None:
            known = await prove_twice(oracle, room, bench)
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
    before: Room,
    after: Room,
    bench: Bench,
    baselines: Baselines,
    *,
    key: str = "",
    changed: Sequence[str] = (),
    asked: Sequence[str] = (),
) -> AsyncGenerator[Comparison, None]:
    """Try a change with one oracle after the other, and say of each what it says.

    Ends after the floor when that fails: what cannot be parsed needs no tests.

    Args:
        oracles: As `detect` found them, in their order.
        before: The untouched copy.
        after: The copy with the change. Both are for proving only.
        bench: What all runs share.
        baselines: What is known of untouched copies.
        key: Names the untouched copy's content; empty: it is worked out.
        changed: The paths of the change, from the root.
        asked: Tests that the change is to fix.
    """
    key = key or await asyncio.to_thread(content_key, before.scratch)
    # Looked at before anything runs: what runs may change the copies.
    rewritten = await asyncio.to_thread(rewritten_tests, changed, before, after)
    floor_failed = False
    for oracle in oracles:
        if floor_failed and oracle.kind != "floor":
            return
        edited = await asyncio.to_thread(edited_recipe, oracle, changed, before, after)
        earlier = await baselines.proof(key, oracle, before, bench)
        later = await prove_twice(oracle, after, bench)
        told = compare(
            oracle, earlier, later, asked=asked, edited=edited, rewritten=rewritten
        )
        floor_failed = floor_failed or (oracle.kind, told.status) == ("floor", "fail")
        yield told


def content_key(root: Path) -> str:
    """A digest of all names, modes and contents of a tree; links are not followed."""
    total = hashlib.sha256()
    for folder, names, files in os.walk(root):
        names.sort()
        for name in sorted([*files, *names]):
            path = Path(folder) / name
            try:
                told = _told(path)
            except OSError:
                told = b"?"
            where = os.fsencode(path.relative_to(root))
            total.update(b"%d:%s%d:%s" % (len(where), where, len(told), told))

    return total.hexdigest()


def _told(path: Path) -> bytes:
    status = path.lstat()
    kind = b"%o:" % status.st_mode
    if stat.S_ISLNK(status.st_mode):
        return kind + os.fsencode(path.readlink())
    if not stat.S_ISREG(status.st_mode):
        return kind

    with path.open("rb") as file:
        return kind + hashlib.file_digest(file, "sha256").digest()
