"""The child program's own parts, without mlx_lm."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mux_tui.core.model_server import mlx_lm_server as child
from mux_tui.core.model_server.server_log import tail

OWN = child.Own("token", 60.0, None, 0)


def token(number: int, logprob: float, *, top: tuple[object, ...] = ()) -> Any:
    return SimpleNamespace(token=number, logprob=logprob, top_tokens=top)


class Plain:
    """As much of mlx_lm's request handler as ours stands on."""

    stream = True
    logprobs = True
    response_generator: Any
    sent: list[Any]

    def setup(self) -> None:
        self.sent = []

    def end_headers(self) -> None: ...

    def do_POST(self) -> None: ...

    def handle_completion(self, held_back: int) -> None:
        _, tokens = self.response_generator.generate("request")
        for number, _ in enumerate(tokens, 1):
            if number % held_back == 0:
                self.sent.append(self.generate_response("text", None))
        self.sent.append(self.generate_response("", "stop"))

    def generate_response(self, text: str, finish: str | None) -> dict[str, Any]:
        return {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}


class Generator:
    is_healthy = True
    model_provider = SimpleNamespace(model_key=("model",))

    def generate(self, _request: str) -> Any:
        top = ({"id": 1, "token": "a", "logprob": -0.5},)
        return "context", iter([token(n, -n / 10, top=top) for n in range(1, 8)])


def answered(held_back: int, **wanted: bool) -> list[Any]:
    handler = child.handler_class(Plain, OWN, child.Activity())()
    handler.response_generator = Generator()
    for name, value in wanted.items():
        setattr(handler, name, value)
    handler.setup()
    handler.handle_completion(held_back)
    return handler.sent


@pytest.mark.parametrize("held_back", [1, 2, 3, 5, 7, 100])
def test_every_tokens_logprob_is_told_exactly_once(held_back: int) -> None:
    chunks = [chunk["choices"][0] for chunk in answered(held_back)]
    told = [e for c in chunks if "logprobs" in c for e in c["logprobs"]["content"]]
    assert [entry["id"] for entry in told] == [1, 2, 3, 4, 5, 6, 7]
    assert [entry["logprob"] for entry in told] == [-n / 10 for n in range(1, 8)]
    assert told[0]["top_logprobs"] == [{"id": 1, "token": "a", "logprob": -0.5}]


def test_no_logprobs_are_added_where_none_were_asked_for() -> None:
    assert "logprobs" not in json.dumps(answered(1, logprobs=False))
    assert "logprobs" not in json.dumps(answered(1, stream=False))


def test_an_open_request_is_never_idle() -> None:
    activity = child.Activity()
    activity.last -= 100
    assert activity.idle_for() > 99
    with activity:
        with activity:
            pass
        assert activity.idle_for() == 0
    assert activity.idle_for() < 50


def test_our_arguments_are_taken_and_the_rest_is_left() -> None:
    own, rest = child.arguments(
        ["--mux-instance", "t", "--mux-idle-minutes", "0.5", "--model", "m", "--temp=1"]
    )
    assert own == child.Own("t", 30.0, None, 0)
    assert rest == ["--model", "m", "--temp=1"]


def test_a_server_with_other_insides_is_left_plain(
    capfd: pytest.CaptureFixture[str],
) -> None:
    server = SimpleNamespace(main=print, APIHandler=Plain)
    child.hook(server, OWN)
    assert vars(server) == {"main": print, "APIHandler": Plain}
    assert capfd.readouterr().err == (
        "mux: this mlx_lm.server has no mlx_lm.server._run_http_server: "
        "it runs without mux's additions\n"
    )


PRELUDE = f"""
import sys
sys.path.insert(0, {str(Path(child.__file__).parent)!r})
import mlx_lm_server as child
from pathlib import Path
"""


def run(code: str, log: Path) -> int:
    with log.open("ab") as output:
        done = subprocess.run(
            [sys.executable, "-S", "-c", PRELUDE + code], stderr=output, timeout=20
        )
    return done.returncode


def test_a_log_past_its_limit_is_emptied_and_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x" * 2000)
    assert run("child.trim_log(1000); child.note('on')", log) == 0
    assert tail(log, 9) == (
        "mux: the log had reached its limit and was emptied",
        "mux: on",
    )
    assert run("child.trim_log(1000); child.trim_log(0)", log) == 0
    assert len(tail(log, 9)) == 2


def test_an_idle_server_leaves_its_word_and_exits_cleanly(tmp_path: Path) -> None:
    mark = tmp_path / "server.exit"
    code = f"child.leave(child.Own('t', 1, Path({str(mark)!r}), 0), 'idle', 0)"
    assert run(code, tmp_path / "log") == 0
    assert json.loads(mark.read_text()) == {"instance": "t", "reason": "idle"}
    assert [p.name for p in tmp_path.iterdir() if p != mark] == ["log"]


def test_a_word_that_cannot_be_left_does_not_keep_the_server(tmp_path: Path) -> None:
    code = "child.leave(child.Own('t', 1, Path('/dev/null/x'), 0), 'idle', 0)"
    log = tmp_path / "log"
    assert run(code, log) == 0
    assert "cannot leave word" in tail(log, 1)[0]
    assert os.path.exists("/dev/null")
