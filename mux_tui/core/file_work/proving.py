"""Changes tried in a copy of the project, by everything that can prove them."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from mux_tui.core.change import ChangeSet, FileChange
from mux_tui.core.file_work.place import Place
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.task import Check, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.bench import Bench
from mux_tui.core.verification.oracle.compare import conclude
from mux_tui.core.verification.oracle.detect import detect
from mux_tui.core.verification.oracle.facts import Comparison, Oracle, Proof, Room
from mux_tui.core.verification.oracle.trial import Baselines, trials
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch import Copy

Told = Callable[[Check], None]
"""Told each check as it comes."""


@dataclass
class Proving:
    """The proofs of one task: what the project said before, and of each draft."""

    tools: Tools
    root: Path
    commands: tuple[str, ...]
    """The task's own commands; empty: those of the settings, or of the project."""

    place: Place
    """The copy that everything is tried in."""

    baselines: Baselines = field(default_factory=Baselines)

    async def before(self, told: Callable[[str], None]) -> tuple[Proof, ...]:
        """What the project's own tests, or the user's commands, say now.

        Args:
            told: Told what is run.
        """
        oracles = await self._oracles(())
        proving = [one for one in oracles if one.kind in ("tests", "command")]
        if not proving:
            return ()

        bench = await self.tools.bench()
        key = (await self.place.untouched()).base.key()
        stage = _Stage(self.place)
        proofs: list[Proof] = []
        for oracle in proving:
            told(oracle.name)
            proofs.append(await self.baselines.proof(key, oracle, stage, bench))
        return tuple(proofs)

    async def verdict(
        self, changes: ChangeSet, asked: Sequence[str], told: Told
    ) -> Verdict:
        """Try changes, and say what all oracles together say of them.

        Args:
            changes: What is tried; without refusals.
            asked: Tests that they are to mend, by name.
            told: Told each check as it comes.
        """
        tools, tried = self.tools, changes.changes
        oracles = await self._oracles(tuple(one.path for one in tried))
        bench = await tools.bench()
        allow = tools.settings.workflow.allow_paths
        await self.place.refresh()
        try:
            # What cannot be written there is found out before anything runs.
            copy = await self.place.holding(tried, allow)
            key = await asyncio.to_thread(copy.base.key)
            stage = _Stage(self.place, tried, allow, "after", _room(copy))
            return await self._tried(oracles, stage, bench, key, asked, told)
        except PathRefused as error:
            refusal = error.refusal
            why = one_line(f"{refusal.path} {refusal.why}", 300)
            return Verdict("unknown", f"could not be tried: {why}")

    async def _tried(
        self,
        oracles: Sequence[Oracle],
        stage: "_Stage",
        bench: Bench,
        key: str,
        asked: Sequence[str],
        told: Told,
    ) -> Verdict:
        found: list[Comparison] = []
        trying = trials(
            oracles,
            stage,
            bench,
            self.baselines,
            key=key,
            changes=stage.changes,
            asked=asked,
        )
        async with aclosing(trying) as comparisons:
            async for comparison in comparisons:
                found.append(comparison)
                told(*conclude((comparison,)).checks)
        return _with_sandbox(conclude(found), found)

    async def _oracles(self, changed: tuple[str, ...]) -> tuple[Oracle, ...]:
        settings = self.tools.settings.verification
        return await asyncio.to_thread(
            detect, self.root, changed, settings, self.commands
        )


@dataclass
class _Stage:
    """The task's copy, in the state that a trial asks for."""

    place: Place
    changes: tuple[FileChange, ...] = ()
    allow: Collection[str] = ()
    _state: Literal["", "before", "after"] = ""
    _room: Room | None = None

    async def before(self) -> Room:
        """The copy without the changes."""
        if self._room is None or self._state != "before":
            self._state, self._room = "before", _room(await self.place.untouched())
            self.place.touch()
        return self._room

    async def after(self) -> Room:
        """The copy with the changes."""
        if self._room is None or self._state != "after":
            copy = await self.place.holding(self.changes, self.allow)
            self._state, self._room = "after", _room(copy)
        return self._room


def _with_sandbox(verdict: Verdict, found: Sequence[Comparison]) -> Verdict:
    """The verdict, which says so when something ran outside of a sandbox."""
    loose = [one.after for one in found if one.after.command]
    loose = [proof for proof in loose if not proof.sandboxed]
    if not loose:
        return verdict

    return replace(verdict, summary=f"{verdict.summary} ({loose[0].sandbox})")


def _room(copy: Copy) -> Room:
    return Room(copy.path, copy.lender, copy.lendable)
