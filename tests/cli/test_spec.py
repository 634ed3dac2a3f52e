"""`mux spec`: what it says of commands and documents is what they are."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.parser import EXIT_CODES, build_parser, prepared
from mux_tui.cli.spec.commands import CommandFacts, commands, common_options
from mux_tui.cli.spec.documents import documents, schema_of
from mux_tui.cli.spec.exit_codes import exit_codes
from mux_tui.cli.spec.twins import TWINS
from mux_tui.core.events import plain
from mux_tui.core.model_server.running import Running
from mux_tui.tui.screens.registry import SCREENS
from tests.cli.muxing import World, model_server
from tests.cli.promised import meant, problems
from tests.cli.test_ledger import recorded

LOOKING = (
    "route hello",
    "status",
    "doctor",
    "hardware",
    "models list",
    "models fit",
    "themes list",
    "themes check",
    "themes path",
    "server stop",
    "server status",
    "proxy stop",
    "proxy status",
    "ledger list",
    "ledger search hello",
    "ledger stats",
    "ledger requests",
    "ledger check",
    "ledger repair",
    "ledger vacuum",
    "ledger prune --older-than 90d",
    "config path",
    "config show",
    "config get server.port",
    "config set server.port 0",
    "config unset server.port",
    "config validate",
    "config effect 0.5",
    "spec",
    "setup --cloud-only --yes --dry-run",
)
"""Commands that print their document in a home where nothing is."""

Capture = pytest.CaptureFixture[str]


def printed(capsys: Capture, *words: str) -> Any:
    """The document that a command prints, run in this process."""
    main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", LOOKING)
def test_what_a_command_prints_is_as_its_schema_says(
    command: str, capsys: Capture
) -> None:
    value = printed(capsys, *command.split())
    name = next(c.name for c in commands() if f"{command} ".startswith(f"{c.name} "))
    assert problems(value, name) == []


def test_recorded_runs_are_as_their_schemas_say(
    own_home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_home)
    recorded(own_home / "mux" / "data" / "ledger.db", ("01a-x", "hello"))
    for words in (
        ("label", "01a-x", "bad", "too", "long"),
        *(("list",), ("search", "hello"), ("stats",), ("show", "01a-x")),
        *(("check",), ("repair",), ("backup", "copy.db")),
        *(("unlabel", "01a-x"), ("vacuum",), ("prune", "--older-than", "2026-01-01")),
    ):
        value = printed(capsys, "ledger", *words)
        assert problems(value, f"ledger {words[0]}") == []
    main(["ledger", "export"])
    line = capsys.readouterr().out
    assert problems(json.loads(line), "ledger export") == []
    (own_home / "runs.jsonl").write_text(line)
    taken_in = printed(capsys, "ledger", "import", str(own_home / "runs.jsonl"))
    assert problems(taken_in, "ledger import") == []
    assert printed(capsys, "status")["summary"]["total"] == 1


def test_a_run_and_the_demo_print_lines_as_their_schemas_say(cloudy: World) -> None:
    with model_server() as url:
        cloudy.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        events = cloudy.mux("run", "What is a lock?", "--json").events
    assert events[-1]["status"] == "done"
    events += cloudy.mux("demo", "--json").events
    assert {"started", "text_delta", "escalated", "finished"} <= {
        event["event"] for event in events
    }
    assert [found for event in events for found in problems(event, "run")] == []


def test_setup_that_failed_prints_a_document_all_the_same(world: World) -> None:
    words = ("setup", "--endpoint", "http://127.0.0.1:9", "--yes", "--json")
    ended = world.mux(*words)
    assert ended.code == ExitCode.ENVIRONMENT
    assert ended.document["status"] == "failed"
    assert problems(ended.document, "setup") == []


def test_a_server_that_runs_is_as_its_schema_says() -> None:
    running = plain(Running("http://127.0.0.1:1/v1", "/models/m", 7, "token"))
    assert problems({"schema": "mux.server.start/1"} | running) == []


def test_a_field_too_many_or_too_few_is_noticed(capsys: Capture) -> None:
    """Otherwise the tests above would say nothing."""
    value = printed(capsys, "status")
    assert problems(value | {"surprise": 1})
    assert problems({k: v for k, v in value.items() if k != "cloud"})
    assert problems(value | {"permission": 7})
    inner = value["local"] | {"surprise": 1}
    assert problems(value | {"local": inner})
    assert problems(value | {"schema": "mux.status/999"})


def test_every_schema_is_one_and_no_id_is_there_twice() -> None:
    for document in documents():
        Draft202012Validator.check_schema(schema_of(document))
        assert document.meaning, document.id
    ids = [document.id for document in documents()]
    assert len(ids) == len(set(ids))


def test_readers_may_meet_fields_that_were_added_later(capsys: Capture) -> None:
    value = printed(capsys, "themes", "path") | {"added_later": True}
    published: Any = Draft202012Validator(schema_of(meant(value)[0]))
    assert published.is_valid(value)


def test_every_command_with_json_has_a_schema_and_no_other() -> None:
    with_json = {one.name for one in commands() if one.writes_json}
    registered = {command for one in documents() for command in one.commands}
    assert with_json - registered == set()
    # It prints JSON Lines without being asked to.
    assert registered - with_json == {"ledger export"}


def test_every_screen_of_the_cockpit_has_its_twins() -> None:
    assert TWINS.keys() == SCREENS.keys()
    with_json = {one.name for one in commands() if one.writes_json}
    assert {name for names in TWINS.values() for name in names} <= with_json


def test_the_whole_is_one_document(capsys: Capture) -> None:
    whole = printed(capsys, "spec")
    assert whole["schema"] == "mux.spec/1"
    names = [command["name"] for command in whole["commands"]]
    assert names[0] == "run"
    assert {"ledger show", "spec", "completion", "man"} <= set(names)
    assert len(names) == len(set(names))
    printers = {one["schema"]: one["commands"] for one in whole["schemas"]}
    for command in whole["commands"]:
        for id in command["schemas"]:
            assert command["name"] in printers[id]
    assert {one["code"] for one in whole["exit_codes"]} == {*map(int, ExitCode)}


def test_one_schema_alone(capsys: Capture) -> None:
    assert main(["spec", "--schema", "mux.route/1"]) == ExitCode.OK
    schema = json.loads(capsys.readouterr().out)
    assert schema["title"] == "mux.route/1"
    assert "reason" in schema["required"]
    assert main(["spec", "--schema", "mux.nothing/1"]) == ExitCode.USAGE
    assert "no document has the schema mux.nothing/1" in capsys.readouterr().err


def test_for_people_it_lists_commands_documents_and_exit_codes(
    capsys: Capture,
) -> None:
    assert main(["spec"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "mux ledger show RUN [--patch | --json]" in out
    assert re.search(r"mux\.config\.change/1 +config set, config unset\n", out)
    assert re.search(r"130  interrupted +Stopped by Ctrl-C\.", out)


@pytest.mark.parametrize("command", commands(), ids=lambda one: one.name)
def test_what_is_said_of_an_option_is_what_the_parser_takes(
    command: CommandFacts,
) -> None:
    needed = [argument for argument in command.arguments if argument.required]
    values = [[*one.names[-1:], *(one.choices[:1] or ["1d"])] for one in needed]
    words = [*command.words, *(word for value in values for word in value)]
    parse = build_parser(words).parse_args
    for argument in (*command.arguments, *common_options()):
        if argument.names and argument.choices:
            for choice in argument.choices:
                given = [*words, argument.names[-1], choice]
                assert parse(prepared(given))
        elif argument.number == "none" and "--help" not in argument.names:
            given = [*words, argument.names[-1]]
            assert parse(given if words[0] == "claude" else prepared(given))
    assert command.usage.startswith(f"mux {command.name}")


def test_every_option_and_every_exit_code_has_a_meaning() -> None:
    for command in commands():
        for argument in command.arguments:
            assert argument.meaning, (command.name, argument)
    assert all(meaning for _, meaning in exit_codes().values())


def test_the_help_and_the_enum_name_the_same_exit_codes() -> None:
    told = {int(code) for code in re.findall(r"\b(\d+) [a-z]", EXIT_CODES)}
    # Those of signals that no script sends on purpose are left to the manual.
    assert told == {*map(int, ExitCode)} - {ExitCode.HANGUP, ExitCode.TERMINATED}
