"""Step 4: the model is started and made to work, before settings name it.

A token is what counts; the rest (does it call tools, is all read that is sent, how
fast) is told and stands in nobody's way.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.model_server.examine import Endpoint, examine
from mux_tui.core.model_server.lifecycle import ModelServer
from mux_tui.core.model_server.memory_guard import memory_fit
from mux_tui.core.model_server.probe import (
    ask,
    first_token,
    loopback_client,
    web_client,
)
from mux_tui.core.model_server.speed import Speed, measure
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.context_probe import ContextProber
from mux_tui.core.setup.facts import (
    ContextProbe,
    Proof,
    ServeFound,
    SetupEvent,
    ToolProbe,
    Trial,
)
from mux_tui.core.setup.tool_probe import probe_tools
from mux_tui.core.text import one_line, printable
from mux_tui.core.weights.tokenizer import context_window
from mux_tui.core.wire.documents import NotJson
from mux_tui.core.wire.openai import Message, Piece, build_request, parse_piece

if TYPE_CHECKING:
    from httpx import AsyncClient

TASK = "Write a Python function that reverses a string."
"""What the model is asked for, so that a person sees it answer."""

_REPLY_TOKENS = 60
_MOST_REPLY = 2000

Report = Callable[[SetupEvent], None]


@dataclass(frozen=True)
class Limits:
    """How long proving may take, in seconds; and how much it asks for."""

    answer: float = 120.0
    """For each answer; a model that somebody else serves may have to be loaded."""

    context: float = 15.0
    """For one long prompt: one that should take longer is not sent, and one that takes
    more than twice as long is given up."""

    contexts: tuple[int, ...] = (2048, 8192, 16_384, 32_768)
    """Lengths of the long prompts, in tokens."""


@dataclass(frozen=True)
class Subject:
    """A model that is to be proved."""

    choice: ModelChoice
    directory: Path | None = None
    """Its files, without links; None: somebody else serves it."""

    key: str = field(default="", repr=False)
    """Of the server, if somebody else serves it."""

    context: int = 0
    """Tokens that it is to be given at most; 0: as many as it was made for."""

    limits: Limits = Limits()


@dataclass(frozen=True)
class _Answering:
    """Where the model answers."""

    base_url: str
    model: str
    window: int | None
    started: bool
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)


async def look_at_serving(subject: Subject, server: ModelServer) -> ServeFound:
    """Whether it runs already, and whether it may not fit; starts nothing.

    Args:
        subject: The model.
        server: The server that mux would start.
    """
    choice = subject.choice
    if subject.directory is None:
        return ServeFound(choice, one_line(choice.name, 200), running=True)

    directory = subject.directory
    status = await server.status()
    running = status.state == "ready" and status.model == str(directory)
    warning = "" if running else memory_fit(directory).sentence
    if status.pid is not None and not running:
        other = one_line(Path(status.model).name, 100)
        warning = warning or f"the server that has {other} is stopped first"
    return ServeFound(choice, one_line(directory.name, 200), running, warning)


async def prove(
    subject: Subject,
    server: ModelServer,
    report: Report,
    starting: Callable[[], None] = lambda: None,
) -> Proof:
    """Have the model answer, and measure how.

    Args:
        subject: The model.
        server: The server that mux starts, for a model of its own.
        report: Told each thing that is tried.
        starting: Called when a server is about to be started.

    Raises:
        ServerError: It cannot be started, or gives no token.
    """
    await asyncio.to_thread(import_module, "httpx")
    async with _client(subject) as client:
        there, seconds = await _token(subject, server, client, report, starting)
        limits = subject.limits
        reply = await _reply(client, there, limits, report)
        tools = await _tools(client, there, limits, report)
        speed = await _speed(client, there, limits, report)
        most = min(n for n in (subject.context, there.window, 1 << 60) if n)
        contexts = await _contexts(client, there, limits, (speed, most), report)

    return Proof(
        subject.choice,
        there.base_url,
        one_line(there.model, 200),
        seconds,
        reply,
        tools,
        contexts,
        speed,
        there.window,
        there.started,
    )


@asynccontextmanager
async def _client(subject: Subject) -> "AsyncGenerator[AsyncClient]":
    make = web_client if subject.directory is None else loopback_client
    async with make() as client:
        yield client


async def _token(
    subject: Subject,
    server: ModelServer,
    client: "AsyncClient",
    report: Report,
    starting: Callable[[], None],
) -> tuple[_Answering, float]:
    """Where it answers, and the seconds until its first token."""
    if subject.directory is None:
        return await _foreign(subject, report)

    there = await _own(subject.directory, server, report, starting)
    report(Trial("first_token", "running"))
    limit = subject.limits.answer
    token = await first_token(client, there.base_url, there.model, limit)
    report(Trial("first_token", "ok", f"{token.seconds:.2f} s"))
    return there, token.seconds


async def _own(
    directory: Path,
    server: ModelServer,
    report: Report,
    starting: Callable[[], None],
) -> _Answering:
    report(Trial("start", "running", one_line(directory.name, 100)))

    def told(event: ServerEvent) -> None:
        if isinstance(event, ServerChanged):
            event = replace(event, text=one_line(event.text, 300))
        report(event)

    running = await server.adopt()
    here = running is not None and running.model == str(directory)
    if running is None or not here:
        starting()
        running = await server.start(directory, told)
    words = f"process {running.pid} at {running.base_url}"
    report(Trial("start", "ok", f"ran already: {words}" if here else words))
    window = context_window(directory)
    return _Answering(running.base_url, running.model_id, window, started=not here)


async def _foreign(subject: Subject, report: Report) -> tuple[_Answering, float]:
    choice, limits = subject.choice, subject.limits
    url = choice.base_url
    report(Trial("first_token", "running"))
    found = await examine(
        url, model=choice.id, key=subject.key, token_timeout=limits.answer
    )
    if found.problem:
        raise _unusable(found)

    seconds = found.first_token_seconds or 0.0
    report(Trial("first_token", "ok", f"{seconds:.2f} s"))
    window = {one.id: one.context_window for one in found.models}.get(found.model)
    headers = {"Authorization": f"Bearer {subject.key}"} if subject.key else {}
    return _Answering(url, found.model, window, started=False, headers=headers), seconds


def _unusable(found: Endpoint) -> ServerError:
    step = "Start that server, or check the address"
    if found.needs_key:
        step = "Name the variable that holds its key: --api-key-env NAME"
    elif found.models:
        step = "Name another of its models with --model ID, or look at its log"
    return ServerError(
        f"cannot use {one_line(found.base_url)}", found.problem.rstrip("."), step
    )


async def _reply(
    client: "AsyncClient", there: _Answering, limits: Limits, report: Report
) -> str:
    report(Trial("reply", "running", TASK))
    body = build_request(
        there.model,
        [Message("user", TASK)],
        max_tokens=_REPLY_TOKENS,
        temperature=0,
        stream=False,
    )
    url = f"{there.base_url}/chat/completions"
    try:
        answer = await ask(client, url, limits.answer, body=body, headers=there.headers)
        piece = parse_piece(answer.body)
    except (ServerError, NotJson) as error:
        report(Trial("reply", "bad", one_line(str(error), 200)))
        return ""

    text = piece.text or piece.reasoning if isinstance(piece, Piece) else ""
    shown = printable(text[:_MOST_REPLY]).strip()
    report(Trial("reply", "ok" if shown else "bad", shown or "no words came"))
    return shown


async def _tools(
    client: "AsyncClient", there: _Answering, limits: Limits, report: Report
) -> ToolProbe:
    report(Trial("tool_call", "running"))
    found = await probe_tools(
        client, there.base_url, there.model, limits.answer, there.headers
    )
    good = found.word in ("parsed", "in_text")
    report(Trial("tool_call", "ok" if good else "bad", found.sentence))
    return found


async def _speed(
    client: "AsyncClient", there: _Answering, limits: Limits, report: Report
) -> Speed:
    report(Trial("speed", "running"))
    speed = await measure(
        client, there.base_url, there.model, limits.answer, there.headers
    )
    speed = speed or Speed(None, None)
    rates = (("reads", speed.reading), ("writes", speed.writing))
    told = ", ".join(f"{verb} {rate:.0f} tokens/s" for verb, rate in rates if rate)
    report(Trial("speed", "ok" if told else "bad", told or "it does not tell enough"))
    return speed


async def _contexts(
    client: "AsyncClient",
    there: _Answering,
    limits: Limits,
    known: tuple[Speed, int],
    report: Report,
) -> tuple[ContextProbe, ...]:
    speed, most = known
    report(Trial("context", "running"))
    patience = min(limits.answer, 2 * limits.context)
    prober = ContextProber(client, there.base_url, there.model, patience, there.headers)
    scale = await prober.scale()
    if scale is None:
        report(Trial("context", "bad", "the server does not count tokens"))
        return ()

    found: list[ContextProbe] = []
    rate = speed.reading
    for tokens in lengths(limits.contexts, most):
        if rate and tokens / rate > limits.context:
            why = f"{tokens:,} tokens would take about {tokens / rate:.0f} s"
            report(Trial("context", "left", why))
            break
        probe = await prober.probe(tokens, scale)
        found.append(probe)
        good = probe.word == "whole"
        report(Trial("context", "ok" if good else "bad", context_words(probe)))
        if not good:
            break
        rate = probe.sent / probe.seconds if probe.seconds > 0 else rate
    return tuple(found)


def lengths(wanted: tuple[int, ...], most: int) -> tuple[int, ...]:
    """The lengths of prompts to try with a model that can hold so many tokens.

    The longest is a little shorter than what it can hold: the answer needs room too.
    """
    fitting = [tokens for tokens in wanted if tokens <= most * 0.95]
    if len(fitting) < len(wanted):
        fitting.append(int(most * 0.9))
    return tuple(dict.fromkeys(sorted(fitting)))


def context_words(probe: ContextProbe) -> str:
    """What came of one long prompt, for people."""
    match probe.word:
        case "whole":
            return f"{probe.sent:,} tokens: all read, in {probe.seconds:.1f} s"
        case "cut":
            counted = probe.counted or 0
            return f"{probe.sent:,} tokens: only {counted:,} counted, the rest dropped"
        case "refused":
            return f"{probe.sent:,} tokens: refused as too many"
        case "untold":
            return f"{probe.sent:,} tokens: not counted"
        case "unanswered":
            return f"{probe.sent:,} tokens: no answer"
