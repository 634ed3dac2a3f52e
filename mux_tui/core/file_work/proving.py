"""Changes tried in a copy of the project, by everything that can prove them."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

from mux_tui.core.change import ChangeSet
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.task import Check, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.verification.oracle.compare import conclude
from mux_tui.core.verification.oracle.detect import detect
from mux_tui.core.verification.oracle.facts import Comparison, Oracle, Proof, Room
from mux_tui.core.verification.oracle.trial import Baselines, content_key, trials
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch import Copy, put, scratch_copy

Told = Callable[[Check], None]
"""Told each check as it comes."""


@dataclass
class Proving:
    """The proofs of one task: what the project said before, and of each draft."""

    tools: Tools
    root: Path
    commands: tuple[str, ...]
    """The task's own commands; empty: those of the settings, or of the project."""

    stack: AsyncExitStack
    """Where the untouched copy lives until the task is over."""

    baselines: Baselines = field(default_factory=Baselines)
    _before: Copy | None = None
    _key: str = ""

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
        room = _room(await self._untouched())
        proofs: list[Proof] = []
        for oracle in proving:
            told(oracle.name)
            proofs.append(await self.baselines.proof(self._key, oracle, room, bench))
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
        tools, changed = self.tools, tuple(one.path for one in changes.changes)
        oracles = await self._oracles(changed)
        bench = await tools.bench()
        before = await self._untouched()
        found: list[Comparison] = []
        async with scratch_copy(self.root, tools.paths.scratch, tools.options) as after:
            allow = tools.settings.workflow.allow_paths
            try:
                await asyncio.to_thread(put, after, changes.changes, allow)
            except PathRefused as error:
                refusal = error.refusal
                why = one_line(f"{refusal.path} {refusal.why}", 300)
                return Verdict("unknown", f"could not be tried: {why}")

            trying = trials(
                oracles,
                _room(before),
                _room(after),
                bench,
                self.baselines,
                key=self._key,
                changed=changed,
                asked=asked,
            )
            async with aclosing(trying) as comparisons:
                async for comparison in comparisons:
                    found.append(comparison)
                    told(*conclude((comparison,)).checks)
        return _with_sandbox(conclude(found), found)

    def forget(self) -> None:
        """The files have changed: what was said of them before holds no more."""
        self._before = None

    async def _oracles(self, changed: tuple[str, ...]) -> tuple[Oracle, ...]:
        settings = self.tools.settings.verification
        return await asyncio.to_thread(
            detect, self.root, changed, settings, self.commands
        )

    async def _untouched(self) -> Copy:
        if self._before is None:
            self._before = await self.stack.enter_async_context(
                scratch_copy(self.root, self.tools.paths.scratch, self.tools.options)
            )
            self._key = await asyncio.to_thread(content_key, self._before.path)
        return self._before


def _with_sandbox(verdict: Verdict, found: Sequence[Comparison]) -> Verdict:
    """The verdict, which says so when something ran outside of a sandbox."""
    loose = [one.after for one in found if one.after.command]
    loose = [proof for proof in loose if not proof.sandboxed]
    if not loose:
        return verdict

    return replace(verdict, summary=f"{verdict.summary} ({loose[0].sandbox})")


def _room(copy: Copy) -> Room:
    return Room(copy.path, copy.root, copy.lendable)
