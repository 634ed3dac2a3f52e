"""A model made to work: tool calls, long prompts, speed; and what goes wrong."""

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import Proof, SetupEvent, Trial
from mux_tui.core.setup.proving import (
    Limits,
    Subject,
    context_words,
    lengths,
    look_at_serving,
    prove,
)
from tests.core.setup.played import Calls, counting
from tests.upstream import Upstream, upstream

LIMITS = Limits(answer=10.0, context=60.0, contexts=(2048, 8192))


@pytest.fixture
def server(environment: Environment) -> ModelServer:
    """Never started here: the models are somebody else's."""
    return ModelServer(environment.paths, Server(), environment)


def subject(up: Upstream, key: str = "", context: int = 0) -> Subject:
    choice = ModelChoice("server", "", up.base_url)
    return Subject(choice, None, key, context, LIMITS)


async def proved(
    up: Upstream, server: ModelServer, **more: object
) -> tuple[Proof, list[SetupEvent]]:
    events: list[SetupEvent] = []
    proof = await prove(subject(up, **more), server, events.append)  # pyright: ignore[reportArgumentType]
    return proof, events


@pytest.mark.parametrize(
    ("calls", "word"), [("parsed", "parsed"), ("in_text", "in_text"), ("no", "none")]
)
async def test_a_tool_call_is_seen_wherever_it_is(
    calls: Calls, word: str, server: ModelServer
) -> None:
    async with upstream(play=counting(calls=calls)) as up:
        proof, _ = await proved(up, server)
    assert proof.tools.word == word


async def test_everything_is_tried_and_told_in_order(server: ModelServer) -> None:
    async with upstream(play=counting()) as up:
        proof, events = await proved(up, server)
    trials = [event for event in events if isinstance(event, Trial)]
    done = [trial.name for trial in trials if trial.word not in ("running",)]
    assert done == [
        "first_token",
        "reply",
        "tool_call",
        "speed",
        "context",
        "context",
    ]
    assert proof.model_id == "upstream-model"
    assert "\x1b" not in proof.reply
    assert "reverse" in proof.reply
    assert not proof.started
    assert [probe.word for probe in proof.contexts] == ["whole", "whole"]
    for probe, tokens in zip(proof.contexts, LIMITS.contexts, strict=True):
        assert abs(probe.sent - tokens) < 8


async def test_a_server_that_drops_what_does_not_fit_is_caught(
    server: ModelServer,
) -> None:
    async with upstream(play=counting(drops=4096)) as up:
        proof, events = await proved(up, server)
    whole, cut = proof.contexts
    assert (whole.word, cut.word, cut.counted) == ("whole", "cut", 4096)
    last = events[-1]
    assert isinstance(last, Trial)
    assert last.word == "bad"
    assert "only 4,096 counted, the rest dropped" in last.text


async def test_a_server_that_says_too_many_is_honest(server: ModelServer) -> None:
    async with upstream(play=counting(refuses=4096)) as up:
        proof, _ = await proved(up, server)
    assert [probe.word for probe in proof.contexts] == ["whole", "refused"]


async def test_less_context_asks_for_less(server: ModelServer) -> None:
    async with upstream(play=counting()) as up:
        proof, _ = await proved(up, server, context=4096)
    assert [
        abs(probe.sent - tokens) < 8
        for probe, tokens in zip(proof.contexts, (2048, 3686), strict=True)
    ] == [True, True]


@pytest.mark.parametrize("mode", ["usage-missing", "usage-null", "usage-junk"])
async def test_a_server_that_does_not_count_is_no_failure(
    mode: str, server: ModelServer
) -> None:
    async with upstream(mode) as up:
        proof, _ = await proved(up, server)
    assert proof.contexts == ()


@pytest.mark.parametrize(
    "mode", ["http-500", "http-404", "json-garbage", "rst-first", "http-200-html"]
)
async def test_without_a_token_nothing_is_proved(
    mode: str, server: ModelServer
) -> None:
    async with upstream(mode) as up:
        with pytest.raises(ServerError) as caught:
            await proved(up, server)
    assert str(caught.value).count("\n") == 0
    assert caught.value.next_step


async def test_a_missing_key_is_named(server: ModelServer) -> None:
    async with upstream(play=counting(), api_key="s3cret") as up:
        with pytest.raises(ServerError, match="--api-key-env NAME"):
            await proved(up, server)
        proof, _ = await proved(up, server, key="s3cret")
    assert proof.tools.word == "parsed"
    assert "s3cret" not in repr(proof)


async def test_somebody_elses_server_runs_already(server: ModelServer) -> None:
    async with upstream() as up:
        found = await look_at_serving(subject(up), server)
    assert (found.running, found.warning) == (True, "")


@pytest.mark.parametrize(
    ("most", "tried"),
    [
        (10**9, (2048, 8192)),
        (8192, (2048, 7372)),
        (32_768, (2048, 8192)),
        (2048, (1843,)),
        (8300, (2048, 7470)),
    ],
)
def test_prompts_leave_room_for_an_answer(most: int, tried: tuple[int, ...]) -> None:
    assert lengths(LIMITS.contexts, most) == tried


def test_every_end_of_a_long_prompt_has_words() -> None:
    from mux_tui.core.setup.facts import ContextProbe

    for word in ("whole", "cut", "refused", "untold", "unanswered"):
        assert "2,048" in context_words(ContextProbe(2048, 2048, word, 1.0))
