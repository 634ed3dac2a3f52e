"""All checks of one answer, and what they say together.

One failure is a failure. A pass needs every check to pass, and at least one check.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mux_tui.core.config.settings import Verification
from mux_tui.core.task import Check, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.verification.commands import run_check
from mux_tui.core.verification.parse import parse_checks


async def verify(
    answer: str,
    commands: Sequence[str],
    settings: Verification,
    cwd: Path,
    environ: Mapping[str, str],
) -> Verdict:
    """Check an answer.

    Args:
        answer: The whole text.
        commands: The task's own commands; empty: those of the settings.
        settings: Time limit, and whether code blocks are parsed.
        cwd: The work directory, where commands run.
        environ: The whole environment of the commands.
    """
    checks = list(parse_checks(answer)) if settings.parse_code else []
    for command in commands or settings.commands:
        # One after the other: they share a directory.
        checks.append(
            await run_check(
                command,
                answer,
                cwd=cwd,
                environ=environ,
                limit=settings.time_limit,
            )
        )
    return summed_up(checks)


def summed_up(checks: Sequence[Check]) -> Verdict:
    """The verdict of several checks."""
    if not checks:
        return Verdict("unknown", "nothing to check")

    for status, words in (("fail", "failed"), ("unknown", "could not tell")):
        found = [check for check in checks if check.status == status]
        if found:
            names = one_line("; ".join(_told(check) for check in found), 200)
            summary = f"{len(found)} of {len(checks)} checks {words}: {names}"
            return Verdict(found[0].status, summary, tuple(checks))

    many = "check" if len(checks) == 1 else "checks"
    names = one_line("; ".join(check.name for check in checks), 200)
    return Verdict("pass", f"{len(checks)} {many} passed: {names}", tuple(checks))


def _told(check: Check) -> str:
    first = check.detail.split("\n", 1)[0]
    return f"{check.name} ({first})" if first else check.name
