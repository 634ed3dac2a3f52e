"""A request is made to fit, and what must not be cut is not."""

import time
from dataclasses import replace
from functools import cache
from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.config.settings import Proxy
from mux_tui.core.exchange import Cut
from mux_tui.core.proxy.translate.budget import budget_for
from mux_tui.core.proxy.translate.facts import ModelTraits, Tier
from mux_tui.core.proxy.translate.trim import size_of_request, trim
from mux_tui.core.wire.anthropic import (
    MessagesRequest,
    Text,
    Thinking,
    Tool,
    ToolChoice,
    ToolResult,
    ToolUse,
    Turn,
)
from mux_tui.core.wire.anthropic_parse import parse_request
from tests.core.proxy.conversation import RULES, Conversation, Size, remark

PROXY = Proxy()
SMALL = ModelTraits("m", "m")
MODELS = {
    "small": SMALL,
    "small, 32k": replace(SMALL, context_window=32_768),
    "small, 8k": replace(SMALL, context_window=8192),
    "medium": replace(SMALL, tier="medium"),
    "medium, measured": replace(SMALL, tier="medium", prefill_rate=900.0),
    "large": replace(SMALL, tier="large"),
    "large, 32k": replace(SMALL, tier="large", context_window=32_768),
}
TURNS = 40


@cache
def conversation(size: Size, seed: int = 1) -> tuple[MessagesRequest, ...]:
    """The requests of a conversation of so many rounds."""
    talk = Conversation(seed, size)
    bodies = (orjson.dumps(talk.body(rounds)) for rounds in range(TURNS + 1))
    return tuple(parse_request(body) for body in bodies)


@cache
def trimmed(model: str, size: Size) -> tuple[MessagesRequest, ...]:
    """The same, made to fit."""
    return tuple(trim(r, MODELS[model], PROXY).request for r in conversation(size))


def parts(request: MessagesRequest) -> list[str]:
    """A prompt in the order in which a server reads it."""
    return [repr(request.system), repr(request.tools), *map(repr, request.turns)]


def same_start(one: list[str], other: list[str]) -> int:
    total = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            return total
        total += len(a)
    return total


def all_text(request: MessagesRequest) -> str:
    texts = [b.text for t in request.turns for b in t.blocks if isinstance(b, Text)]
    return "\n".join([*request.system, *texts])


def asked(*turns: Turn, tools: tuple[Tool, ...] = ()) -> MessagesRequest:
    return MessagesRequest("claude", turns, 1000, tools=tools)


def user(*texts: str) -> Turn:
    return Turn("user", tuple(map(Text, texts)))


def rounds(*results: str, name: str = "Read") -> list[Turn]:
    """One round of call and result for each text."""
    turns = [user("Go on")]
    for number, text in enumerate(results):
        call = ToolUse(f"t{number}", name, {"file_path": f"/f{number}"})
        turns.append(Turn("assistant", (call,)))
        result = ToolResult(f"t{number}", (Text(text),))
        turns.append(Turn("user", (result,)))
    return turns


@pytest.mark.parametrize("size", ["full", "core"])
@pytest.mark.parametrize("model", MODELS)
def test_the_users_words_and_the_projects_rules_always_arrive(
    model: str, size: Size
) -> None:
    talk = Conversation(1, size)
    talk.body(TURNS)
    for request in (trimmed(model, size)[0], trimmed(model, size)[TURNS]):
        assert RULES in all_text(request)
    for words in talk.words:
        assert words in all_text(trimmed(model, size)[TURNS])


@pytest.mark.parametrize("model", MODELS)
def test_the_facts_of_the_place_always_arrive(model: str) -> None:
    text = all_text(trimmed(model, "full")[0])

    for fact in ("Primary working directory: /home/ada/shop", "Platform: linux"):
        assert fact in text
    assert "Current branch: main" in text
    assert "1a2b3c4 Add the cart" in text


@pytest.mark.parametrize("size", ["full", "core"])
@pytest.mark.parametrize(
    ("model", "share"),
    {
        "small": 0.95,
        "small, 32k": 0.95,
        "medium": 0.94,
        "medium, measured": 0.99,
        "large": 1.0,
        "large, 32k": 0.95,
        # Here the model's own words alone exceed the window.
        "small, 8k": 0.92,
    }.items(),
)
def test_a_prompt_begins_like_the_one_before(
    model: str, share: float, size: Size
) -> None:
    prompts = [parts(request) for request in trimmed(model, size)]
    before = [sum(map(len, prompt)) for prompt in prompts[:-1]]
    kept = [same_start(a, b) for a, b in pairwise(prompts)]

    assert sum(kept) / sum(before) >= share


@pytest.mark.parametrize("model", MODELS)
def test_steps_are_rare_and_declared(model: str) -> None:
    """A turn changes what was sent before only when it says that it cut back."""
    steps = 0
    for old, new in pairwise(conversation("full")):
        was, now = (trim(r, MODELS[model], PROXY) for r in (old, new))
        was_parts, now_parts = parts(was.request), parts(now.request)
        if now_parts[: len(was_parts)] != was_parts:
            steps += 1
            assert cut_back(now.cuts) != cut_back(was.cuts)
        assert now_parts[:2] == was_parts[:2]

    assert steps <= TURNS // 4


def cut_back(cuts: tuple[Cut, ...]) -> list[Cut]:
    return [cut for cut in cuts if cut.why == "the conversation is too long"]


@pytest.mark.parametrize("size", ["full", "core"])
@pytest.mark.parametrize("model", ["small", "small, 32k", "medium", "large, 32k"])
def test_the_budget_holds(model: str, size: Size) -> None:
    """The ceiling, an eighth for what is not worth a step, and what is never cut."""
    budget = budget_for(MODELS[model], PROXY)
    for before, after in zip(conversation(size), trimmed(model, size), strict=True):
        uncut = sum(len(repr(t)) for t in before.turns if t.role == "assistant")
        slack = budget.ceiling // 8 + 2 * budget.results
        assert size_of_request(after) <= max(budget.ceiling, uncut) + slack
    assert size_of_request(trimmed(model, size)[0]) <= budget.target * 1.05


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("turn", [0, 9, TURNS])
def test_trimming_twice_changes_nothing(model: str, turn: int) -> None:
    once = trimmed(model, "full")[turn]

    assert parts(trim(once, MODELS[model], PROXY).request) == parts(once)


def test_a_large_model_gets_nearly_everything() -> None:
    request = conversation("core")[TURNS]
    found = trim(request, MODELS["large"], PROXY)

    assert found.request == request
    assert found.cuts == ()


def test_a_request_that_fits_stays_itself() -> None:
    request = asked(user("Hello"), tools=(Tool("Bash", "Runs", {"type": "object"}),))

    assert trim(request, SMALL, PROXY).request is request


def test_what_the_model_said_is_never_cut() -> None:
    said = Turn(
        "assistant",
        (
            Thinking("long thought " * 900),
            Text("long words " * 900),
            ToolUse("a", "Write", {"content": "x = 1\n" * 9000}),
        ),
    )
    turns = [user("Go on"), said, *rounds(*["y" * 9000] * 30)]
    found = trim(asked(*turns), SMALL, PROXY).request

    assert found.turns[1] == said
    assert [t for t in found.turns if t.role == "assistant"] == [
        t for t in turns if t.role == "assistant"
    ]


def test_a_long_result_keeps_its_two_ends_when_it_arrives() -> None:
    text = "\n".join(f"line {n}" for n in range(5000))
    found = trim(asked(*rounds(text)), SMALL, PROXY)

    left = all_results(found.request)[0]
    assert left.startswith("line 0\nline 1\n")
    assert left.endswith("line 4998\nline 4999")
    assert len(left) <= budget_for(SMALL, PROXY).result
    (cut,) = found.cuts
    assert cut.what == "result of Read /f0, message 3"
    assert cut.before > cut.after


def all_results(request: MessagesRequest) -> list[str]:
    return [
        "".join(c.text for c in b.content if isinstance(c, Text))
        for t in request.turns
        for b in t.blocks
        if isinstance(b, ToolResult)
    ]


def test_many_results_of_one_turn_share() -> None:
    calls = tuple(ToolUse(f"t{n}", "Read", {"file_path": f"/{n}"}) for n in range(12))
    results = tuple(ToolResult(f"t{n}", (Text(f"{n} " * 4000),)) for n in range(12))
    turns = (user("Read all"), Turn("assistant", calls), Turn("user", results))
    found = all_results(trim(asked(*turns), SMALL, PROXY).request)

    assert sum(map(len, found)) <= budget_for(SMALL, PROXY).results
    assert all(text.startswith(f"{n} ") for n, text in enumerate(found))


def test_a_result_that_was_there_is_named_until_it_is_cut() -> None:
    same = "the same\n" * 100
    first, second, *_ = all_results(
        trim(asked(*rounds(same, same)), SMALL, PROXY).request
    )
    assert first == same
    assert second == "[mux: the same as the earlier result of Read /f1]"

    filler = [f"{n}{'z' * 2200}" for n in range(40)]
    many = rounds(same, *filler, same)
    found = all_results(trim(asked(*many), SMALL, PROXY).request)
    assert found[0].startswith("[mux: result of Read /f0 is no longer shown")
    assert found[-1] == same


def test_old_results_tell_what_they_were() -> None:
    turns = rounds(*[f"{n} tests passed\n" * 150 for n in range(60)], name="Bash")
    found = all_results(trim(asked(*turns), SMALL, PROXY).request)

    assert found[0].startswith("[mux: result of Bash /f0 is no longer shown: ")
    assert found[-1].startswith("59 tests passed")
    assert found[-2].startswith("58 tests passed")


def test_remarks_are_unwrapped_and_nudges_dropped() -> None:
    nudge = "The TodoWrite tool hasn't been used recently. Never mention this."
    turn = user(remark("Note: a.py was changed."), remark(nudge), "Fix it")
    found = trim(asked(turn), SMALL, PROXY)

    assert found.request.turns == (user("Note: a.py was changed.", "Fix it"),)
    assert [cut.what for cut in found.cuts] == ["remarks of the client"]
    assert trim(asked(turn), MODELS["large"], PROXY).request == asked(turn)


def test_a_tool_that_has_to_be_called_is_kept_like_a_core_tool() -> None:
    tools = tuple(
        Tool(f"mcp__t{n}", "Does it. " * 100, {"type": "object"}) for n in range(200)
    )
    request = replace(
        asked(user("Go"), tools=tools), tool_choice=ToolChoice("tool", "mcp__t199")
    )
    found = trim(request, SMALL, PROXY)

    names = [tool.name for tool in found.request.tools]
    assert names[-1] == "mcp__t199"
    assert names == sorted(names, key=lambda name: int(name[6:]))
    assert 0 < len(names) < 200
    assert len([c for c in found.cuts if c.after == 0]) == 200 - len(names)


def test_trimming_is_fast() -> None:
    """A tenth of what the whole translation may take; the best of several counts, so
    that a busy machine does not fail it."""
    request = conversation("full")[TURNS]

    def seconds(traits: ModelTraits) -> float:
        taken: list[float] = []
        for _ in range(15):
            begun = time.process_time()
            trim(request, traits, PROXY)
            taken.append(time.process_time() - begun)
        return min(taken)

    assert seconds(MODELS["large"]) < 0.003
    assert seconds(SMALL) < 0.009


def repeated(text: str, times: int) -> str:
    return text * times


_long = st.builds(repeated, st.text(max_size=60), st.integers(1, 400))
_blocks = st.one_of(
    st.builds(Text, _long),
    st.builds(Text, st.builds(remark, _long)),
    st.builds(
        ToolUse, st.sampled_from("abc"), st.just("Read"), st.just({"path": "/a"})
    ),
    st.builds(
        ToolResult,
        st.sampled_from("abc"),
        st.tuples(st.builds(Text, _long)),
        st.booleans(),
    ),
)
_turns = st.lists(
    st.builds(
        Turn,
        st.sampled_from(("user", "assistant", "system")),
        st.lists(_blocks, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=14,
)
_tiers = st.sampled_from(("small", "medium", "large"))


@settings(max_examples=60, deadline=None)
@given(_turns, _tiers, st.lists(_long, max_size=3))
def test_any_conversation_trims_alike_from_turn_to_turn(
    turns: list[Turn], tier: Tier, system: list[str]
) -> None:
    """Words survive, twice is once, and a longer conversation begins the same way
    unless it was cut back."""
    traits = ModelTraits("m", "m", tier, context_window=6000)
    request = replace(asked(*turns), system=tuple(system))
    found = trim(request, traits, PROXY)
    shorter = trim(replace(request, turns=tuple(turns[:-1])), traits, PROXY)

    typed = [b.text for t in turns for b in t.blocks if isinstance(b, Text)]
    left = all_text(found.request)
    assert all(text in left for text in typed if "<system-reminder>" not in text)
    assert parts(trim(found.request, traits, PROXY).request) == parts(found.request)
    if cut_back(found.cuts) == cut_back(shorter.cuts):
        known = parts(shorter.request)
        assert parts(found.request)[: len(known)] == known
