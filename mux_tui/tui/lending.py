"""Lending the terminal to another program, and taking it back when that has ended.

Meanwhile everything goes on but the painting: runs, answers, and what watches them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from mux_tui.tui.host import Host


async def lend_terminal(
    app: Host, argv: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> int:
    """Run a program on the whole terminal, and wait for its end.

    Args:
        app: The cockpit; `lent` is true meanwhile: what the keyboard sends, Ctrl-C
            above all, is the other program's to answer.
        argv: Program and arguments.
        cwd: Where it runs.
        env: Its whole environment.

    Returns:
        Its exit status.

    Raises:
        EnvironmentProblem: It cannot be started.
        SuspendNotSupported: This terminal cannot be lent.
    """
    from mux_tui.core.process.foreground import run_foreground

    app.lent = True
    try:
        # Nobody reads what is written to a suspended terminal, and writing would wait.
        with app.batch_update(), app.suspend():
            return await asyncio.to_thread(run_foreground, argv, cwd, env)
    finally:
        app.lent = False
        app.refresh(layout=True)
