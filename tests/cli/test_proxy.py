"""`mux proxy`: what it prints, and how it begins and ends, as a process."""

import json
import os
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from tests.cli.muxing import World, model_server

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    """A mux whose model is a scripted server, and whose proxy ends with the test."""
    with model_server() as url:
        one = World(tmp_path)
        one.variables = {"MUX_PROVIDERS_LOCAL_BASE_URL": url, "MUX_PROXY_PORT": "0"}
        yield one
        one.mux("proxy", "stop")


def _until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _env(world: World) -> dict[str, str]:
    found: dict[str, str] = world.mux("proxy", "env", "--json").document
    return found


def _answers(world: World) -> bool:
    """Whether a proxy runs and answers: its record is there a moment before."""
    return world.mux("proxy", "env").code == ExitCode.OK


def _ask(
    variables: dict[str, str], body: dict[str, object] | None = None
) -> urllib.request.Request:
    name, value = variables["ANTHROPIC_CUSTOM_HEADERS"].split(": ")
    request = urllib.request.Request(
        f"{variables['ANTHROPIC_BASE_URL']}/v1/messages", headers={name: value}
    )
    message = {"role": "user", "content": "hello"}
    whole = {"model": "x", "max_tokens": 50, "messages": [message]} | (body or {})
    request.data = json.dumps(whole).encode()
    return request


def test_without_a_proxy_the_status_is_stopped(own_home: Path, capsys: Capture) -> None:
    assert main(["proxy", "status"]) == ExitCode.OK
    assert capsys.readouterr().out == "○ stopped: No proxy is running.\n"
    assert not (own_home / "mux").exists()
    assert main(["proxy", "status", "--json"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "mux.proxy.status/1"
    assert (found["state"], found["pid"], found["url"]) == ("stopped", None, "")


def test_stopping_what_does_not_run_is_done_already(capsys: Capture) -> None:
    assert main(["proxy", "stop"]) == ExitCode.OK
    assert capsys.readouterr().out == "no proxy was running\n"
    assert main(["proxy", "stop", "--json"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["stopped"]) == ("mux.proxy.stop/1", False)


def test_without_a_proxy_there_is_no_environment(capsys: Capture) -> None:
    assert main(["proxy", "env"]) == ExitCode.ENVIRONMENT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("mux: no proxy is running. Start one: mux proxy ")


def test_started_asked_and_stopped(world: World) -> None:
    started = world.mux("proxy", "start")
    assert (started.code, started.err) == (0, "")
    url = started.out.strip()
    assert world.mux("proxy", "start", "--json").document["url"] == url

    variables = _env(world)
    assert variables["ANTHROPIC_BASE_URL"] == url
    with urllib.request.urlopen(_ask(variables), timeout=60) as answer:
        assert json.load(answer)["stop_reason"] == "end_turn"
    status = world.mux("proxy", "status", "--json").document
    assert (status["state"], status["url"], status["served"]) == ("running", url, 1)
    shown = world.mux("proxy", "status").out
    assert shown.startswith("● running: It is ready.\n")
    assert "0 open, 1 served" in shown

    stopped = world.mux("proxy", "stop")
    assert stopped.out == f"stopped the proxy (pid {status['pid']})\n"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=60)
    assert not (world.home / "mux" / "state" / "proxy.json").exists()


def test_the_environment_is_for_a_shell(world: World) -> None:
    world.mux("proxy", "start")
    lines = world.mux("proxy", "env").out.splitlines()
    assert all(line.startswith("export ") for line in lines)
    read = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    assert read == _env(world)
    shell = subprocess.run(
        ["sh", "-c", f'{"; ".join(lines)}; echo "$ANTHROPIC_CUSTOM_HEADERS"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout.strip() == read["ANTHROPIC_CUSTOM_HEADERS"]


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED, "interrupted"),
        (signal.SIGTERM, ExitCode.TERMINATED, "SIGTERM"),
        (signal.SIGHUP, ExitCode.HANGUP, "terminal"),
    ],
)
def test_in_the_foreground_a_signal_ends_it_in_order(
    world: World, number: signal.Signals, code: ExitCode, said: str
) -> None:
    record = world.home / "mux" / "state" / "proxy.json"
    with world.start("proxy", "run") as process:
        _until(lambda: _answers(world))
        url = _env(world)["ANTHROPIC_BASE_URL"]
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert out == ""
    assert f"● proxy on {url} (pid {process.pid})" in err
    assert said in err
    assert "Traceback" not in err
    assert not record.exists()


def test_a_second_proxy_is_refused_and_told_which_runs(world: World) -> None:
    url = world.mux("proxy", "start").out.strip()
    second = world.mux("proxy", "run")
    assert second.code == ExitCode.ENVIRONMENT
    assert second.out == ""
    assert second.err.count("\n") == 1
    assert second.err.startswith("mux: a proxy is running: pid ")
    assert url in second.err
    assert "mux proxy stop" in second.err


def test_one_in_the_foreground_is_stopped_from_elsewhere(world: World) -> None:
    with world.start("proxy", "run") as process:
        _until(lambda: _answers(world))
        assert world.mux("proxy", "stop").out.startswith("stopped the proxy")
        process.communicate(timeout=60)
    assert process.returncode == ExitCode.OK


@pytest.mark.parametrize("command", ["run", "start"])
def test_a_port_that_is_taken_is_one_line_with_a_way_out(
    world: World, command: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = world.mux("proxy", command, "--set", f"proxy.port={port}")
    assert ended.code == ExitCode.ENVIRONMENT
    assert ended.err.count("\n") == 1
    assert f"port {port} is in use by" in ended.err
    assert f"(pid {os.getpid()})" in ended.err
    assert "mux config set proxy.port 0" in ended.err


def test_a_client_that_is_killed_leaves_no_request_open(world: World) -> None:
    with model_server("hang-before-headers") as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        world.mux("proxy", "start")
        variables = _env(world)
        request = _ask(variables)
        with socket.create_connection(
            ("127.0.0.1", int(variables["ANTHROPIC_BASE_URL"].rpartition(":")[2]))
        ) as client:
            body = request.data
            assert isinstance(body, bytes)
            head = (
                f"POST /v1/messages HTTP/1.1\r\nHost: {request.host}\r\n"
                f"{variables['ANTHROPIC_CUSTOM_HEADERS']}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            client.sendall(head.encode() + body)
            _until(lambda: _open(world) == 1)
        _until(lambda: _open(world) == 0)


def _open(world: World) -> int:
    return world.mux("proxy", "status", "--json").document["open_requests"]


_MESSAGE = b'{"model":"x","max_tokens":9,"messages":[{"role":"user","content":%s}]}'


@pytest.mark.parametrize(
    "bodies",
    [
        {
            "words": b"hello",
            "nothing": b"",
            "array": b"[]",
            "null": b"null",
            "bytes": b"\xff\xfe\xfd",
            "nested": b"[" * 100_000,
            "nested objects": b'{"a":' * 100_000,
            "digits": _MESSAGE % (b"9" * 5000),
            "nan": _MESSAGE % b"NaN",
            "surrogate": _MESSAGE % rb'"\ud800"',
            "nul": _MESSAGE % rb'"\u0000"',
            "utf-16": (_MESSAGE % b'"hi"').decode().encode("utf-16"),
            "bom": b"\xef\xbb\xbf" + _MESSAGE % b'"hi"',
            "twice": b'{"model":"a","model":"b"}',
            "5 MB": _MESSAGE % (b'"' + b"x" * 5_000_000 + b'"'),
        }
    ],
    ids=["hostile"],
)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_whatever_a_body_holds_no_fault_of_ours_is_the_answer(
    world: World, path: str, bodies: dict[str, bytes]
) -> None:
    world.mux("proxy", "start")
    variables = _env(world)
    for name, body in bodies.items():
        request = _ask(variables)
        request.full_url = variables["ANTHROPIC_BASE_URL"] + path
        request.data = body
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, document = answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            status, document = error.code, json.load(error)
            assert document["type"] == "error", name
            assert "\n" not in document["error"]["message"], name
        assert status in (200, 400, 413), (name, status, document)
    log = (world.home / "mux" / "state" / "proxy.log").read_text()
    assert log.count("\n") == 1, log
