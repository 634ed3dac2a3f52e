"""A client is started, talked with, and told apart from what is known."""

import os
import sys
from pathlib import Path

import pytest

from mux_tui.core.config.settings import CliProvider, Providers, Settings
from mux_tui.core.doctor.client import check_client
from mux_tui.core.process.run import ProcessStartError
from mux_tui.core.proxy.client_probe import probe_client

CLIENT = """#!{python} -IS
import http.client, json, os, sys, time
from urllib.parse import urlsplit

mode = {mode!r}
seen = dict(os.environ)
place = urlsplit(seen["ANTHROPIC_BASE_URL"])

def post(content, **more):
    body = {{"model": "m", "max_tokens": 5, "messages": [
        {{"role": "user", "content": content}}]}} | more
    connection = http.client.HTTPConnection(place.hostname, place.port)
    connection.request("POST", "/v1/messages?beta=true", json.dumps(body), {{
        "User-Agent": "claude-cli/9.9.9 (external, sdk-cli)",
        "anthropic-beta": "claude-code-20250219"}})
    return connection.getresponse().read().decode()

if mode == "silent":
    sys.exit("I would rather not\\x1b[2J")
if mode == "hangs":
    time.sleep(60)
if mode == "garbage":
    connection = http.client.HTTPConnection(place.hostname, place.port)
    connection.request("POST", "/v1/messages", "not json", {{}})
    try:
        connection.getresponse()
    except http.client.HTTPException:
        pass
if mode == "spies":
    with open({log!r}, "w") as log:
        json.dump([seen, os.getcwd(), sys.argv], log)
block = {{"type": "hologram" if mode == "new" else "text", "text": "x"}}
tools = [{{"name": "Read", "input_schema": {{"type": "object"}}}}]
first = post([block], tools=tools, stream=True)
assert "event: content_block_start" in first and "notes.txt" in first, first
result = {{"type": "tool_result", "tool_use_id": "toolu_0", "content": "A note."}}
print(post([result], tools=tools))
"""


def client(folder: Path, mode: str) -> Path:
    """A program that behaves like a client of that kind."""
    program = folder / "claude"
    log = str(folder / "log.json")
    text = CLIENT.format(python=sys.executable, mode=mode, log=log)
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


async def test_a_client_that_sends_what_is_known_is_reported_so(tmp_path: Path) -> None:
    report = await probe_client(client(tmp_path, "known"), os.environ)
    assert (report.version, report.requests) == ("9.9.9", 2)
    assert (report.unknown_blocks, report.unknown_fields, report.warnings) == (
        (),
        (),
        (),
    )


async def test_a_new_kind_of_block_is_reported(tmp_path: Path) -> None:
    report = await probe_client(client(tmp_path, "new"), os.environ)
    assert report.unknown_blocks == ("hologram in user",)
    assert report.warnings == ()


async def test_the_client_sees_nothing_of_the_user_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    import json

    variables = dict(os.environ) | {
        "ANTHROPIC_API_KEY": "the-users-own",
        "CLAUDE_CONFIG_DIR": "/home/someone/.claude",
        "HOME": "/home/someone",
    }
    await probe_client(client(tmp_path, "spies"), variables)
    seen, cwd, argv = json.loads((tmp_path / "log.json").read_text())
    assert "ANTHROPIC_API_KEY" not in seen
    assert "CLAUDE_CONFIG_DIR" not in seen
    assert seen["HOME"].startswith(os.path.dirname(cwd))
    assert argv[1] == "-p"
    for place in (seen["HOME"], seen["TMPDIR"], cwd):
        assert not os.path.exists(place)


@pytest.mark.parametrize(
    ("mode", "warning"),
    [
        ("silent", "it did not come to an answer: I would rather not␛[2J"),
        ("garbage", "the proxy would refuse: body: must be JSON"),
    ],
)
async def test_a_client_that_fails_is_reported_with_its_words(
    tmp_path: Path, mode: str, warning: str
) -> None:
    report = await probe_client(client(tmp_path, mode), os.environ)
    assert any(line.startswith(warning) for line in report.warnings), report


async def test_a_client_that_does_not_end_is_ended(tmp_path: Path) -> None:
    report = await probe_client(client(tmp_path, "hangs"), os.environ, time_limit=0.3)
    assert report.warnings == (
        "it did not end by itself",
        "it asked the server for nothing",
    )


async def test_a_program_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProcessStartError):
        await probe_client(tmp_path / "nothing", os.environ)


def settings_for(program: str) -> Settings:
    return Settings(providers=Providers(claude=CliProvider(command=program)))


async def test_the_doctor_tells_what_is_new_and_what_that_means(tmp_path: Path) -> None:
    program = client(tmp_path, "new")
    check = await check_client(settings_for(str(program)), os.environ)
    assert (check.id, check.status) == ("client", "warning")
    assert check.summary == "claude 9.9.9 sends what this mux does not know"
    assert check.detail == "new kind of block: hologram in user"
    assert "Update mux" in check.fix


async def test_the_doctor_is_content_with_a_known_client(tmp_path: Path) -> None:
    program = client(tmp_path, "known")
    check = await check_client(settings_for(str(program)), os.environ)
    assert (check.status, check.summary) == (
        "ok",
        "claude 9.9.9: 2 requests, nothing new",
    )


async def test_the_doctor_takes_a_missing_client_lightly() -> None:
    check = await check_client(settings_for("claude"), {"PATH": ""})
    assert (check.status, check.summary) == ("note", "not installed")
    assert "npm install" in check.fix
