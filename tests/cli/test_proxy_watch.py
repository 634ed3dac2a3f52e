"""`mux proxy watch` and `mux proxy curl`: what they print, and how they end."""

import json
import signal
import subprocess
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from tests.cli.muxing import World, model_server

Capture = pytest.CaptureFixture[str]
Process = subprocess.Popen[str]


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    """A mux whose model is a scripted server, and whose proxy ends with the test."""
    with model_server() as url:
        one = World(tmp_path)
        one.variables = {
            "MUX_PROVIDERS_LOCAL_BASE_URL": url,
            "MUX_PROXY_PORT": "0",
            "MUX_PROXY_PREWARM": "false",
        }
        yield one
        one.mux("proxy", "stop")


def _ask(url: str, token: str) -> None:
    message = {"role": "user", "content": "hello"}
    body = {"model": "x", "max_tokens": 50, "stream": True, "messages": [message]}
    request = urllib.request.Request(
        f"{url}/v1/messages", json.dumps(body).encode(), {"X-Mux-Token": token}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def _line_with(process: Process, words: str) -> str:
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"nothing was said of {words}")


def test_watching_tells_of_the_proxy_and_of_each_request(world: World) -> None:
    """In lines for people, and in JSON for scripts; neither shows the token."""
    with (
        world.start("proxy", "watch") as shown,
        world.start("proxy", "watch", "--json") as told,
    ):
        assert "stopped" in _line_with(shown, "○")
        url = world.mux("proxy", "start").out.strip()
        token = world.mux("proxy", "env", "--token").out.strip()
        running = _line_with(shown, "● running")
        _line_with(told, '"state":"running"')
        _ask(url, token)
        ended = _line_with(shown, "✓")
        document = cast(dict[str, Any], json.loads(_line_with(told, "exchange_ended")))
        for one in (shown, told):
            one.send_signal(signal.SIGINT)
            _, err = one.communicate(timeout=60)
            assert one.returncode == ExitCode.INTERRUPTED
            assert "Traceback" not in err

    assert url in running
    assert "end_turn" in ended
    assert (document["status"], document["tokens_counted"]) == ("done", 11)
    assert token not in running + ended + json.dumps(document)


def test_for_some_seconds_it_ends_by_itself_and_begins_with_the_past(
    world: World,
) -> None:
    url = world.mux("proxy", "start").out.strip()
    _ask(url, world.mux("proxy", "env", "--token").out.strip())
    world.mux("proxy", "stop")
    ended = world.mux("proxy", "watch", "--json", "--for", "3")
    assert ended.code == ExitCode.OK
    assert [event["event"] for event in ended.events] == [
        *("proxy_seen", "exchange_recalled")
    ]
    assert ended.events[1]["started_at"] > 0
    none = world.mux("proxy", "watch", "--json", "--for", "1", "--last", "0")
    assert [event["event"] for event in none.events] == ["proxy_seen"]


def test_the_reader_may_leave(world: World) -> None:
    with world.start("proxy", "watch", "--json") as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        world.mux("proxy", "start")
        assert process.wait(60) in (ExitCode.OK, ExitCode.FAILED, 141)
        assert process.stderr
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "nan", "inf", "1e99"])
def test_a_time_that_is_none_is_refused(seconds: str, capsys: Capture) -> None:
    assert main(["proxy", "watch", f"--for={seconds}"]) == ExitCode.USAGE
    assert "is no number of seconds" in capsys.readouterr().err


def test_a_number_that_is_none_is_refused(capsys: Capture) -> None:
    assert main(["proxy", "watch", "--last", "1001"]) == ExitCode.USAGE
    assert "between 0 and 1000" in capsys.readouterr().err


def test_without_a_request_there_is_no_command(capsys: Capture) -> None:
    assert main(["proxy", "curl"]) == ExitCode.ENVIRONMENT
    assert "no last request" in capsys.readouterr().err


def test_the_command_asks_the_same_again(world: World) -> None:
    url = world.mux("proxy", "start").out.strip()
    token = world.mux("proxy", "env", "--token").out.strip()
    _ask(url, token)
    world.mux("proxy", "stop")
    command = world.mux("proxy", "curl").out
    document = world.mux("proxy", "curl", "--json").document
    assert token not in command
    assert '"content":"hello"' in command
    assert command.startswith("MUX_TOKEN=$(mux proxy env --token) &&\ncurl ")
    assert (document["schema"], document["command"]) == ("mux.proxy.curl/1", command)
