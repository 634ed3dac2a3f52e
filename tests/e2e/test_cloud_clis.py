"""The real CLIs through our backends: what goes in arrives, what comes out is read."""

import asyncio
import json

import pytest

from mux_tui.core.events import TextDelta
from mux_tui.core.task import Route, Usage
from tests.cloud import Answer, Received, Reply, cloud
from tests.cloud.received import fingerprint
from tests.e2e.cloud_fixtures import MODEL, ROUTES, SECRET, MakeDesk, commands, family

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("route", ROUTES)]

CREDENTIAL = {
    "claude": ("authorization", f"Bearer {SECRET}"),
    "codex": ("authorization", f"Bearer {SECRET}"),
    "gemini": ("x-goog-api-key", SECRET),
}
MARKER = "the-content-of-the-file"
NO_OPTION = (
    "--version",
    "/help",
    "/compact",
    "!id",
    "@note.txt",
    "Tell joe@note.txt about\n@note.txt and @{note.txt}",
)
"""Tasks that begin with, or hold, what a CLI takes for something else than text."""


async def test_an_answer_is_streamed_and_then_told_whole(
    route: Route, make_desk: MakeDesk
) -> None:
    """Codex gives a message in one piece; Gemini CLI keeps its thoughts to itself."""
    said = Answer("A mutex lets one thread in.", reasoning="Think of doors.")
    async with cloud(said) as vendor:
        ran = await make_desk(route, vendor.base_url).ask("What is a mutex?")

    answer = ran.answer
    [request] = vendor.asked
    pieces = [event for event in ran.events if isinstance(event, TextDelta)]
    assert answer.text == ran.text == said.text
    assert len(pieces) == 1 if route == "codex" else len(pieces) > 2
    assert answer.reasoning.strip() == ("" if route == "gemini" else said.reasoning)
    assert answer.model == request.model == MODEL
    assert _tokens(answer.usage) == (120, 30, 20)
    assert answer.session_id
    assert answer.first_token_seconds is not None
    assert 0 < answer.first_token_seconds <= answer.seconds
    name, secret = CREDENTIAL[route]
    assert request.headers[name] == fingerprint(secret)
    assert request.prompt == "What is a mutex?"


async def test_no_task_is_an_option_a_command_or_a_file(
    route: Route, make_desk: MakeDesk
) -> None:
    """Whatever a task looks like, the vendor gets it as text, and no file with it."""
    requests = await asyncio.gather(
        *(_sent_for(task, route, make_desk) for task in NO_OPTION)
    )

    arrived = tuple(_as_typed(request.prompt) for request in requests)
    assert arrived == NO_OPTION
    assert not [r.prompt for r in requests if MARKER in json.dumps(r.body)]


async def test_a_long_task_arrives_whole_and_not_by_arguments(
    route: Route, make_desk: MakeDesk
) -> None:
    task = "Count these lines.\n" + "".join(f"line {n:08}\n" for n in range(22_000))
    arguments: list[str] = []

    def look_and_answer(request: Received) -> Reply:
        arguments.extend(commands(family()))
        # Gemini CLI writes the task to its output, and what is still in the pipe when
        # it exits is lost: a model takes its time, and the pipe is emptied in it.
        return Answer("22000", delay=0.5)

    async with cloud(look_and_answer) as vendor:
        ran = await make_desk(route, vendor.base_url).ask(task)

    assert len(task) > 300_000
    assert ran.answer.text == "22000"
    assert vendor.asked[0].prompt.strip() == task.strip()
    assert arguments
    assert not [line for line in arguments if "line 0000" in line]


async def _sent_for(task: str, route: Route, make_desk: MakeDesk) -> Received:
    """What the vendor gets for a task, asked in a project with a tempting file."""
    async with cloud() as vendor:
        desk = make_desk(route, vendor.base_url)
        (desk.project / "note.txt").write_text(MARKER, encoding="utf-8")
        ran = await desk.ask(task)

    assert ran.answer.text == Answer().text
    [request] = vendor.asked
    return request


def _as_typed(prompt: str) -> str:
    """The user's words, without the line and the marks that make them plain text."""
    return prompt.removeprefix("Task:\n").replace("\\@", "@")


def _tokens(usage: Usage) -> tuple[int | None, ...]:
    return (usage.input_tokens, usage.output_tokens, usage.cached_tokens)
