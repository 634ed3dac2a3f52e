"""All findings together, gathered side by side."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Cloud, Settings
from mux_tui.core.doctor.check import STARTER, Check, Fix, Report
from mux_tui.core.doctor.cloud import check_clis
from mux_tui.core.doctor.machine import (
    check_disk,
    check_memory,
    check_openblas,
    check_python,
)
from mux_tui.core.doctor.model import (
    check_endpoint,
    check_files,
    check_port,
    check_server,
)
from mux_tui.core.doctor.telemetry import check_telemetry
from mux_tui.core.errors import ConfigError
from mux_tui.core.ledger.integrity import integrity
from mux_tui.core.ledger.place import ledger_path
from mux_tui.core.local_model.choose import model_directory
from mux_tui.core.model_server.lifecycle import ModelServer


async def examine(
    environment: Environment,
    cwd: Path | None,
    overrides: Mapping[str, str],
    *,
    client: bool = False,
) -> Report:
    """Look at everything.

    Settings that cannot be read are a finding; the rest is then looked at with the
    defaults.

    Args:
        environment: The variables, and with them the directories.
        cwd: The work directory, whose project settings count.
        overrides: Settings from the command line.
        client: Whether to start Claude Code and see whether the proxy knows all that
            it sends.
    """
    settings, config = _config(environment, cwd, overrides)
    findings = await asyncio.gather(
        _model(settings, environment),
        check_clis(settings, environment.variables),
        _ledger(settings, environment),
        check_telemetry(settings, environment.variables),
    )
    machine = [check_python(), check_disk(environment.paths)]
    blas = check_openblas(settings.server.openblas)
    if blas is not None and not settings.providers.local.base_url:
        machine.append(blas)
    model, clis, ledger, telemetry = findings
    sent = (telemetry,) if telemetry is not None else ()
    checks = (config, *machine, *model, ledger, *sent, *clis)
    if client:
        # Late: it brings the proxy's protocol along.
        from mux_tui.core.doctor.client import check_client

        checks = (*checks, await check_client(settings, environment.variables))
    return Report((*checks, _able(checks, settings.cloud)))


def _config(
    environment: Environment, cwd: Path | None, overrides: Mapping[str, str]
) -> tuple[Settings, Check]:
    file = environment.paths.config_file
    try:
        settings = load(environment, cwd, overrides).settings
    except ConfigError as error:
        detail = "\n".join(error.problems) if len(error.problems) > 1 else ""
        own = any(problem.startswith(str(file)) for problem in error.problems)
        fix = "mux config edit" if own else "Mend what is named there"
        ways = (Fix("Open your settings in the editor", fix),) if own else ()
        return Settings(), Check("config", "problem", str(error), detail, fix, ways)

    told = str(file) if file.exists() else "all defaults; no file of your own"
    return settings, Check("config", "ok", told)


async def _model(settings: Settings, environment: Environment) -> list[Check]:
    if settings.providers.local.base_url:
        return [await check_endpoint(settings, environment.variables)]

    paths = environment.paths
    model = model_directory(settings, paths)
    status = await ModelServer(paths, settings.server, environment).status()
    return [
        check_files(settings, model),
        await check_server(status, model),
        check_port(settings, status),
        check_memory(model, status.pid is not None),
    ]


async def _ledger(settings: Settings, environment: Environment) -> Check:
    found = await integrity(ledger_path(settings.ledger, environment.paths))
    if not found.ok:
        return Check("ledger", "problem", found.problem, "", found.next_step)

    count = "1 run" if found.runs == 1 else f"{found.runs:,} runs"
    told = count if found.exists else "none yet"
    return Check("ledger", "ok", told, str(found.path))


def _able(checks: tuple[Check, ...], allowed: Cloud) -> Check:
    """Whether anybody could do a task."""
    by_id = {check.id: check.status for check in checks}
    local = by_id.get("model", "ok") == "ok" and by_id["model_server"] != "problem"
    cloud = allowed.permission != "never" and any(
        by_id.get(f"cli_{route}") == "ok" for route in allowed.order
    )
    if local or cloud:
        who = " and ".join(["the local model"] * local + ["the cloud"] * cloud)
        return Check("tasks", "ok", f"tasks can be done by {who}")

    return Check(
        "tasks",
        "problem",
        "nobody can do a task: no local model, and no cloud CLI that may be asked",
        fix="mux setup --starter",
        fixes=(STARTER,),
    )
