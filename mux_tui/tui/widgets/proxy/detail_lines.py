"""One request in full: what was cut and why, and what was decided and answered."""

from collections.abc import Iterator

from textual.content import Content

from mux_tui.core.proxy.watch.row import Row
from mux_tui.core.proxy.watch.wording import (
    cut_share,
    percent,
    reading_of,
    state_word,
    thousands,
)
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.proxy.drawing import in_glyphs, mark_of, seconds_of

_NAME = 30
_SIZES = 15
"""Columns of a cut's sizes, with the gaps around them."""

_COLOURS = {
    "pass": "$mark-pass",
    "fail": "$mark-fail",
    "warn": "$mark-warn",
    "busy": "$mark-busy",
    "soft": "$text-soft",
}


def cut_lines(row: Row, glyphs: Glyphs, width: int) -> list[Content]:
    """What was trimmed, how much is left of it, and whether the server read it all."""
    return [*_sizes(row, glyphs), *_cuts(row, glyphs, width), *_tokens(row, glyphs)]


def story_lines(row: Row, glyphs: Glyphs, now: float) -> list[Content]:
    """Where it went and why, how long it took, how it ended, what was odd."""
    exchange = row.exchange
    mark, kind = mark_of(row, glyphs)
    lines = [Content.styled(f"{mark} ", _COLOURS[kind]) + Content(_how(row, now))]
    if exchange.error:
        error = one_line(exchange.error, 500)
        status = (
            f" (HTTP {exchange.http_status})" if exchange.http_status >= 400 else ""
        )
        lines.append(_fact("error", error + status, "$mark-fail"))
    if exchange.model_asked:
        lines.append(_fact("asked", one_line(exchange.model_asked, 60)))
    lines.append(_fact("went to", _where(row)))
    lines.append(_fact("reason", exchange.reason))
    if exchange.sentence:
        lines.append(_fact("because", one_line(exchange.sentence)))
    lines.append(_fact("times", _times(row, glyphs, now)))
    lines.append(_fact("answer", in_glyphs(_answer(row), glyphs)))
    lines += [_fact("note", one_line(note, 500)) for note in exchange.notes]
    who = _who(row)
    return [*lines, _fact("client", who)] if who else lines


def _sizes(row: Row, glyphs: Glyphs) -> Iterator[Content]:
    before, after = row.exchange.bytes_in, row.exchange.bytes_sent
    if not after:
        yield Content(f"{thousands(before)} bytes came; nothing went on to a model")
        return

    text = f"{thousands(before)} → {thousands(after)} bytes  {cut_share(row.trimmed)}"
    yield Content.styled(in_glyphs(text, glyphs), "bold")


def _cuts(row: Row, glyphs: Glyphs, width: int) -> Iterator[Content]:
    cuts = row.exchange.cuts
    if not cuts:
        yield Content.styled("Nothing was cut.", "$text-soft")
        return

    names = [one_line(cut.what, _NAME) for cut in cuts]
    whys = [one_line(cut.why, 200) for cut in cuts]
    longest = max(map(len, names))
    beside = longest + _SIZES + max(map(len, whys)) <= width
    for cut, name, why in zip(cuts, names, whys, strict=True):
        sizes = f"{thousands(cut.before):>5} → {thousands(cut.after):<5}"
        what = Content(f"{name.ljust(longest)} {in_glyphs(sizes, glyphs)}")
        reason = Content.styled(f" {why}" if beside else f"\n  {why}", "$text-soft")
        yield what + reason


def _tokens(row: Row, glyphs: Glyphs) -> Iterator[Content]:
    exchange = row.exchange
    sent, counted = exchange.tokens_sent, exchange.tokens_counted
    yield Content()
    match row.count_check:
        case "unknown":
            told = f"{sent:,} tokens sent" if sent is not None else "not counted"
            yield _fact("tokens", f"{told}; the server has told no count")
        case "same":
            yield _checked(glyphs.good, "$mark-pass", f"{sent:,} sent = counted")
        case "near":
            text = f"{sent:,} sent, {counted:,} counted: about the same"
            yield _checked(glyphs.good, "$mark-pass", text)
        case "fewer":
            text = f"{sent:,} sent, only {counted:,} counted: the server cut the prompt"
            yield _checked(glyphs.up, "$mark-warn", text)
    if row.cached is not None:
        text = f"{exchange.tokens_cached:,} of {counted:,} read before"
        yield _fact("cache", f"{text} ({percent(row.cached)})")
    if exchange.prefix_break:
        text = f"{one_line(exchange.prefix_break)}; so the prompt was read anew"
        yield _fact("changed", text, "$mark-warn")


def _checked(mark: str, colour: str, text: str) -> Content:
    name = Content.styled("tokens   ", "$text-soft")
    return name + Content(f"{text} ") + Content.styled(mark, colour)


def _fact(name: str, text: str, colour: str = "") -> Content:
    value = Content.styled(text, colour) if colour else Content(text)
    return Content.styled(f"{name:8} ", "$text-soft") + value


def _how(row: Row, now: float) -> str:
    if row.stage == "reading":
        return reading_of(row, now)
    return state_word(row).replace("_", " ")


def _where(row: Row) -> str:
    exchange = row.exchange
    if exchange.route == "none":
        return "nobody: mux itself answered"
    model = one_line(exchange.model, 60) or "a model"
    place = "this machine" if exchange.route == "local" else "the real API"
    return f"{model} on {place}"


def _times(row: Row, glyphs: Glyphs, now: float) -> str:
    waited = row.first_token_seconds
    first = "no token" if waited is None else f"first token {seconds_of(waited)} s"
    # Whole seconds while it goes on: a text that changes ten times a second is noise.
    live, seconds = row.live, row.seconds(now)
    whole = f"{seconds:.0f} s so far" if live else f"{seconds_of(seconds)} s in all"
    rate = "" if row.rate is None else f" · {row.rate:.0f} tok/s"
    return in_glyphs(f"{first} · {whole}{rate}", glyphs)


def _answer(row: Row) -> str:
    exchange = row.exchange
    parts = [] if row.tokens_out is None else [f"{row.tokens_out:,} tokens"]
    if exchange.tool_calls:
        plural = "" if exchange.tool_calls == 1 else "s"
        parts.append(f"{exchange.tool_calls} tool call{plural}")
    if exchange.repairs:
        parts.append(f"{exchange.repairs} of them mended")
    if exchange.stop_reason:
        parts.append(f"ended with {one_line(exchange.stop_reason, 40)}")
    return " · ".join(parts) or "–"


def _who(row: Row) -> str:
    exchange = row.exchange
    session = (
        f"session {one_line(exchange.session_id, 40)}" if exchange.session_id else ""
    )
    agent = f"agent {one_line(exchange.agent_id, 40)}" if exchange.agent_id else ""
    return ", ".join(filter(None, (session, agent)))
