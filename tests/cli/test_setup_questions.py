"""`mux setup` at a terminal: asked, answered, left; real processes all the way."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.muxing import World, model_server
from tests.cli.test_questions import Terminal, terminal
from tests.hub.repository import Repository
from tests.hub.server import Hub, serving

HUB_MODEL = "owner/Tiny-MLX"
WEIGHTS = "model.safetensors"

QUESTIONS = ("go on?", "model?", "try it?", "go to them?", "order?", "by?", "write it?")
"""The end of each question on the way to a server that runs already."""


@pytest.fixture
def served() -> Iterator[str]:
    """Where somebody else's model answers."""
    with model_server() as url:
        yield url


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub with one small model."""
    content: dict[str, bytes | Path] = {
        "config.json": b'{"max_position_embeddings": 1000}',
        WEIGHTS: bytes(3_000_000),
    }
    with serving([Repository(HUB_MODEL, content)]) as hub:
        yield hub


def config(world: World) -> Path:
    return world.home / "mux" / "config" / "config.toml"


def files(world: World) -> list[str]:
    """Every file in the world's home."""
    found = (path for path in world.home.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(world.home)) for path in found)


def answer_up_to(question: str, url: str, mux: Terminal) -> None:
    """Answer all questions before this one, each with what Enter takes."""
    for one in QUESTIONS:
        mux.until(one)
        if one == question:
            return
        mux.seen = ""
        mux.type(f"{url}\n" if one == "model?" else "\n")


def test_enter_takes_the_defaults_from_the_first_question_to_the_file(
    world: World, served: str
) -> None:
    with terminal(world, "setup") as mux:
        answer_up_to("write it?", served, mux)
        assert not config(world).exists()
        mux.type("\n")
        assert mux.ended() == 0
    assert f'base_url = "{served}"' in config(world).read_text()
    assert files(world) == ["mux/config/config.toml"]
    assert world.mux("run", "What is this?").code == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_ctrl_c_at_any_question_leaves_no_file(
    question: str, world: World, served: str
) -> None:
    with terminal(world, "setup") as mux:
        answer_up_to(question, served, mux)
        mux.process.send_signal(signal.SIGINT)
        assert mux.ended() == 130
    assert files(world) == []
    assert not (world.home / "mux").exists()


@pytest.mark.parametrize(("keys", "code"), [("q\n", 5), ("\x04", 5)])
def test_who_wants_nothing_gets_nothing(keys: str, code: int, world: World) -> None:
    with terminal(world, "setup") as mux:
        mux.until("go on?")
        mux.type(keys)
        assert mux.ended() == code
    assert "nothing was set up" in mux.seen
    assert files(world) == []


def test_b_goes_back_and_s_skips(world: World, served: str) -> None:
    with terminal(world, "setup") as mux:
        answer_up_to("go to them?", served, mux)
        mux.type("never\n")
        mux.until("order?")
        mux.type("b\n")
        mux.until("try it?")
        mux.seen = ""
        mux.type("s\n")
        mux.until("go to them?")
        mux.seen = ""
        mux.type("never\n")
        for one in ("order?", "by?", "write it?"):
            mux.until(one)
            mux.type("\n")
        assert mux.ended() == 0
    text = config(world).read_text()
    assert 'permission = "never"' in text
    assert served in text


def test_a_wrong_answer_is_asked_again(world: World, served: str) -> None:
    with terminal(world, "setup") as mux:
        answer_up_to("model?", served, mux)
        mux.type("no such model\n")
        mux.until("no model at no such model")
        mux.until("model?")
        mux.type(f"{served}\n")
        mux.until("try it?")
        mux.type("perhaps\n")
        mux.until("y or n?")
        mux.type("\n")
        mux.until("go to them?")
        mux.type("maybe\n")
        mux.until("one of ask, allow, never")
        mux.type("q\n")
        assert mux.ended() == 5
    assert files(world) == []


def test_a_killed_setup_is_gone_on_with(world: World, served: str) -> None:
    with terminal(world, "setup") as mux:
        answer_up_to("order?", served, mux)
        mux.process.kill()
        mux.process.wait(20)
    assert files(world) == ["mux/state/setup.json"]
    with terminal(world, "setup") as mux:
        mux.until("Go on?")
        mux.type("\n")
        mux.until("go to them?")
        mux.type("\n")
        for one in ("order?", "by?", "write it?"):
            mux.until(one)
            mux.type("\n")
        assert mux.ended() == 0
    assert served in config(world).read_text()
    assert files(world) == ["mux/config/config.toml"]


def test_a_server_that_fails_offers_ways_on(world: World) -> None:
    with model_server("http-500") as url, terminal(world, "setup") as mux:
        answer_up_to("try it?", url, mux)
        mux.type("\n")
        mux.until("what now?")
        assert "x: go on without a local model" in mux.seen
        mux.type("z\n")
        mux.until("one of the letters above")
        mux.type("x\n")
        for one in ("go to them?", "order?", "by?", "write it?"):
            mux.until(one)
            mux.type("\n")
        assert mux.ended() == 0
    assert url not in config(world).read_text()


def test_a_download_that_is_left_says_what_stays_and_is_gone_on_with(
    world: World, hub: Hub
) -> None:
    world.variables["HF_ENDPOINT"] = hub.base_url
    held = hub.holds(WEIGHTS, at=2_000_000)
    with terminal(world, "setup") as mux:
        answer_up_to("model?", "", mux)
        mux.type(f"{HUB_MODEL}\n")
        mux.until("download it?")
        assert "3,000,033 bytes" in mux.seen
        assert files(world) == ["mux/state/setup.json"]
        mux.type("\n")
        assert held.reached.wait(30)
        mux.process.send_signal(signal.SIGINT)
        assert mux.ended() == 130
    assert f"to go on: mux models pull {HUB_MODEL}" in mux.seen
    assert [name for name in files(world) if "cache/models" not in name] == []
    hub.breaks.clear()

    arguments = ("setup", "--model", HUB_MODEL, "--no-serve")
    ended = world.mux(*arguments, "--yes")
    assert ended.code == 0, ended.err
    assert 'model = "Tiny-MLX"' in config(world).read_text()
