"""What the local model is asked, with as much of the project as it can hold."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mux_tui.core.backends.base import Request
from mux_tui.core.change import Refusal
from mux_tui.core.config.file_work import LocalExecutor
from mux_tui.core.routing.situation import LocalState
from mux_tui.core.survey import count
from mux_tui.core.work import Material, Seen
from mux_tui.core.workspace.context import Context, Question, gather, sources_of
from mux_tui.core.workspace.context.prompting import instructions, prompt
from mux_tui.core.workspace.names import is_protected
from mux_tui.core.workspace.scratch import Copy

_UNKNOWN_WINDOW = 8_192
"""Tokens; of a server that does not say what its model can hold."""

_SPARE = 64
_NONCE_BYTES = 6


class Model(Protocol):
    """The local model, as far as its room is looked at."""

    @property
    def directory(self) -> Path | None:
        """The model's files; None: they are somebody else's business."""
        ...

    async def state(self) -> LocalState:
        """How it is."""
        ...


@dataclass(frozen=True)
class Asked:
    """A request, and what of the project stands in it."""

    request: Request
    material: Material


async def asked(
    task: str,
    said: str,
    copy: Copy,
    failing: str,
    model: Model,
    settings: LocalExecutor,
) -> Asked:
    """Make the request for one attempt of the local model.

    Args:
        task: The user's words, which say what of the project is needed.
        said: What is asked: the same words, or a repair of an earlier answer.
        copy: The project's files.
        failing: What failed, as a program wrote it; empty: nothing is known.
        model: Who is going to be asked.
        settings: How it writes.
    """
    window = (await model.state()).context_window or _UNKNOWN_WINDOW
    answer = min(settings.max_tokens, window // 2)
    rules = instructions(settings.answer_form)

    def counted(text: str) -> int:
        return count(text, model)[0]

    fixed = await asyncio.to_thread(counted, f"{rules}\n{said}")
    room = max(0, window - answer - fixed - _SPARE)
    budget = min(settings.context_tokens, room)
    context = await asyncio.to_thread(_gathered, task, budget, failing, copy, counted)
    request = Request(
        prompt(said, context.text),
        copy.root,
        rules,
        temperature=settings.temperature,
        max_tokens=answer,
    )
    return Asked(request, _material(context, budget))


def _gathered(
    task: str, budget: int, failing: str, copy: Copy, counted: Callable[[str], int]
) -> Context:
    nonce = secrets.token_hex(_NONCE_BYTES)
    question = Question(task, budget, counted, is_protected, nonce, failing)
    with sources_of(copy) as sources:
        return gather(question, sources)


def _material(context: Context, budget: int) -> Material:
    return Material(
        tuple(
            Seen(one.path, one.tokens, one.whole, one.why) for one in context.included
        ),
        tuple(Refusal(one.path, one.why) for one in context.left_out),
        context.mapped,
        context.tokens,
        budget,
    )
