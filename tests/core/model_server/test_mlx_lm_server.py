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


def test_a_rank_knows_how_many_share_the_model() -> None:
    own, rest = child.arguments(
        ["--mux-instance", "t", "--mux-ranks", "3", "--pipeline", "--mux-launcher", "7"]
    )
    assert own == child.Own("t", 0.0, None, 0, ranks=3, launcher=7)
    assert rest == ["--pipeline"]


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
            [sys.executable, "-S", "-c", PRELUDE + code], stderr=output, timeout=120
        )
    return done.returncode


def test_a_log_past_its_limit_keeps_its_end_and_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(200)))
    trim = f"child.trim_log(1000, Path({str(log)!r}))"
    assert run(f"{trim}; child.note('on')", log) == 0
    lines = tail(log, 999)
    assert (
        lines[0] == "mux: the log had reached its limit, and its beginning was removed"
    )
    assert lines[-2:] == ("line 199", "mux: on")
    assert 30 < len(lines) < 100
    assert run(f"{trim}; child.trim_log(0, None)", log) == 0
    assert tail(log, 999) == lines


def test_nothing_is_kept_of_what_is_not_the_log(tmp_path: Path) -> None:
    log, other = tmp_path / "log", tmp_path / "other"
    log.write_text("x\n" * 1000)
    other.write_text("secret\n" * 1000)
    assert run(f"child.trim_log(1000, Path({str(other)!r}))", log) == 0
    assert len(tail(log, 9)) == 1


def test_a_log_that_never_stops_growing_stays_below_its_cap(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = f"""
import os
for _ in range(4000):
    os.write(2, b"RuntimeWarning: overflow\\n" * 400)
    child.trim_log(1 << 20, Path({str(log)!r}))
"""
    assert run(code, log) == 0
    assert log.stat().st_size < 2 << 20
    assert tail(log, 1) == ("RuntimeWarning: overflow",)


def test_how_long_an_idle_server_stays_is_told_and_no_request_counts_down() -> None:
    activity = child.Activity()
    activity.last -= 20
    told = dict(activity.told(60.0))
    assert told.keys() == {"X-Mux-Requests", "X-Mux-Idle-Left"}
    assert 39 < float(told["X-Mux-Idle-Left"]) <= 40
    with activity:
        assert dict(activity.told(60.0)) == {"X-Mux-Requests": "1"}
    assert dict(activity.told(0)) == {"X-Mux-Requests": "0"}


MLX = """
import types
core = types.ModuleType("mlx.core")
core.metal = types.SimpleNamespace(is_available=lambda: True)
core.device_info = lambda: {"max_recommended_working_set_size": 10_000_000_000}
core.set_cache_limit = lambda size: child.note(f"limit {size}")
mlx = types.ModuleType("mlx")
mlx.core = core
sys.modules |= {"mlx": mlx, "mlx.core": core}
"""


def test_metal_gives_freed_memory_back_and_refuses_what_it_cannot_hold(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    room = "child.check_room({}, child.limit_metal_cache())"
    assert run(MLX + room.format(0), log) == 0
    assert run(MLX + room.format(9_000_000_000), log) == 0
    assert tail(log, 9) == ("mux: limit 2500000000",) * 2
    assert run(MLX + room.format(13_000_000_000), log) == child.NO_ROOM
    expected = "mux: the model needs about 13.0 GB, and the GPU may hold 10.0 GB"
    assert tail(log, 1) == (expected,)


def test_without_a_gpu_nothing_is_limited(tmp_path: Path) -> None:
    log = tmp_path / "log"
    none = MLX + "core.metal.is_available = lambda: False\n"
    assert run(none + "child.check_room(1 << 60, child.limit_metal_cache())", log) == 0
    broken = MLX + "del core.device_info\n"
    code = broken + "child.check_room(1 << 60, child.limit_metal_cache())"
    assert run(code, log) == 0
    assert "the GPU cache has no limit" in tail(log, 1)[0]


def test_an_idle_server_leaves_its_word_and_exits_cleanly(tmp_path: Path) -> None:
    mark = tmp_path / "server.exit"
    code = f"child.leave(child.Own('t', 1, Path({str(mark)!r}), 0), 'idle', 0)"
    assert run(code, tmp_path / "log") == 0
    assert json.loads(mark.read_text()) == {"instance": "t", "reason": "idle"}
    assert [p.name for p in tmp_path.iterdir() if p != mark] == ["log"]


def test_a_rank_ends_when_its_launcher_does(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    own = f"child.Own('t', 1, None, 0, 2, {ended.pid})"
    code = f"import time; child.follow_launcher({own}); time.sleep(60)"
    log = tmp_path / "log"
    assert run(code, log) == child.FAILED
    assert tail(log, 1) == ("mux: its launcher is gone",)


def test_a_rank_that_can_generate_nothing_ends_and_a_single_server_stays(
    tmp_path: Path,
) -> None:
    code = """
from types import SimpleNamespace
dead = SimpleNamespace(is_healthy=False, model_provider=None)
def look(ranks):
    own = child.Own('t', 0, None, 0, ranks)
    kind = child.listener_class(own, child.Activity(), dead)
    kind(('127.0.0.1', 0), None).service_actions()
look(1)
look(2)
"""
    log = tmp_path / "log"
    assert run(code, log) == child.FAILED
    assert tail(log, 1) == ("mux: it can generate nothing any more",)


def test_a_word_that_cannot_be_left_does_not_keep_the_server(tmp_path: Path) -> None:
    code = "child.leave(child.Own('t', 1, Path('/dev/null/x'), 0), 'idle', 0)"
    log = tmp_path / "log"
    assert run(code, log) == 0
    assert "cannot leave word" in tail(log, 1)[0]
    assert os.path.exists("/dev/null")
