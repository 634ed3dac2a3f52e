"""What mends a finding, in the form that shells can show, number and apply."""

import json
import shlex
import socket
from pathlib import Path

from mux_tui.cli.parser import NAMES
from mux_tui.core.config.settings import Server, Settings
from mux_tui.core.doctor.check import STARTER, Check, Fix, Report, own_fix
from mux_tui.core.doctor.model import check_files, check_port, check_server
from mux_tui.core.doctor.telling import as_text, document
from mux_tui.core.model_server.inspection import ServerStatus

RESTART = own_fix("Start it anew", ("server", "stop"), ("server", "start"))
REPORT = Report(
    (
        Check("python", "ok", "Python 3.13"),
        Check("model", "warning", "none", fixes=(STARTER, Fix("Copy one here"))),
        Check(
            "openblas", "note", "not used", fix="mux config set server.openblas true"
        ),
        Check("disk", "problem", "full", fix="Make room"),
        Check("tasks", "problem", "nobody", fixes=(STARTER,)),
    )
)


def test_the_command_of_an_own_fix_is_what_it_runs() -> None:
    assert RESTART.command == "mux server stop && mux server start"
    spaced = own_fix("Name it", ("config", "set", "a.b", "two words"))
    assert shlex.split(spaced.command)[-1] == "two words"


def test_only_warnings_and_problems_get_numbers_and_every_way_gets_one() -> None:
    told = [fix.does for fix in REPORT.todo]
    assert told == ["Install the small starter model", "Copy one here", "Make room"]
    _, model, note, disk, tasks = REPORT.checks
    assert REPORT.numbers(model) == (1, 2)
    assert REPORT.numbers(disk) == (3,)
    assert REPORT.numbers(note) == ()
    assert REPORT.numbers(tasks) == (1,), "what mends two findings has one number"


async def test_every_step_that_mux_takes_is_a_command_it_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        taken = check_port(
            Settings(server=Server(port=port)), ServerStatus("stopped", "")
        )
    found = (
        taken,
        check_files(Settings(), None),
        await check_server(ServerStatus("crashed", "It ended."), tmp_path),
    )
    steps = [step for check in found for fix in check.fixes for step in fix.steps]
    assert len(steps) >= 4
    assert {step[0] for step in steps} <= set(NAMES)
    assert taken.fixes[0].steps == (("config", "set", "server.port", "0"),)


def test_what_is_handed_on_holds_no_credential() -> None:
    secret = "sk-ant-" + "a1" * 20
    check = Check("model_server", "problem", "it ended", f"log: key {secret}")
    report = Report((check,))
    for text in (as_text(report), json.dumps(document(report))):
        assert secret not in text
        assert "[redacted]" in text


def test_the_text_tells_findings_then_what_to_do() -> None:
    text = as_text(REPORT)
    findings, _, todo = text.partition("what to do:")
    assert "warning  model" in findings
    assert "[1] Install the small starter model: mux setup --starter --yes" in todo
    assert "[3] Make room" in todo
