"""What runs have cost and saved, in words and bars; by model, and by repository.

A saving is no fact but a comparison: what it is compared with stands beside it.
"""

from collections.abc import Sequence
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from mux_tui.core.ledger.saving import Saving
from mux_tui.core.ledger.statistics import NOBODY, Share, Statistics
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.fit import fit
from mux_tui.tui.widgets.ledger import wording

_NAME = 12
_FIGURE = 9
_FIGURES = (("runs", 6), ("here", 6), ("p50", 7), ("cost", 9), ("good", 6), ("bad", 5))
_FIGURES_WIDTH = sum(width for _, width in _FIGURES)


def saved_lines(
    found: Statistics, saved: Saving, target: float, width: int, glyphs: Glyphs
) -> list[Content]:
    """How much was done here, what was spent, and what was saved against what.

    Args:
        found: What the runs add up to.
        saved: What those of the local model have saved.
        target: The share of file work that this machine should do.
        width: Cells of a line.
        glyphs: What bars are drawn with.
    """
    if not found.runs:
        return [_soft("No runs in this time.")]

    return [
        *_done_here(found, target, width, glyphs),
        Content(""),
        *_money(found, saved, width, glyphs),
    ]


def _done_here(
    found: Statistics, target: float, width: int, glyphs: Glyphs
) -> list[Content]:
    room = _bar_room(width)
    work = found.local_implementation_ratio
    part = f"{found.done_locally:,} of {found.done:,} runs that are done"
    lines = [_part("done here", found.local_share, part, room, glyphs)]
    if work is not None:
        told = (
            f"{found.file_work_locally:,} of {found.file_work:,}; target {target:.0%}"
        )
        lines.append(_part("file work", work, told, room, glyphs))
    if found.escalated:
        told = f"{found.escalated:,} though no other route was asked for"
        lines.append(_soft("left".ljust(_NAME)) + Content(told))
    if found.labels:
        counts = (f"{n:,} {one_line(name, 8)}" for name, n in found.labels.items())
        lines.append(_soft("labels".ljust(_NAME)) + Content(", ".join(counts)))
    return lines


def _part(
    name: str, share: float | None, told: str, room: int, glyphs: Glyphs
) -> Content:
    figure = wording.dash(glyphs) if share is None else f"{share:.0%}"
    bar = Content.styled(glyphs.bar(share or 0.0, room), "$route-local")
    return _row(name, figure, bar, told)


def _row(name: str, figure: str, bar: Content, told: str) -> Content:
    return (
        _soft(name.ljust(_NAME))
        + Content.styled(f"{figure:>{_FIGURE}}  ", "bold")
        + bar
        + Content(f"  {told}")
    )


def _money(
    found: Statistics, saved: Saving, width: int, glyphs: Glyphs
) -> list[Content]:
    by_mean = saved.saved_by_mean_usd
    sums = [found.cost_usd, saved.saved_usd if saved.runs else 0.0, by_mean or 0.0]
    top, room = max(sums), _bar_room(width)

    def row(name: str, usd: float, told: str, colour: str) -> Content:
        # What was lost has no bar, and a minus.
        bar = glyphs.bar(usd / top if top > 0 else 0.0, room)
        return _row(name, _usd(usd), Content.styled(bar, colour), told)

    priced = f"{found.cloud_runs_priced:,} cloud runs with a price"
    lines = [row("spent", found.cost_usd, priced, "$mark-warn")]
    if saved.runs:
        left_out = f", {saved.uncounted:,} more without" if saved.uncounted else ""
        runs = f"{saved.runs:,} local runs with counted tokens{left_out}"
        lines.append(row("saved", saved.saved_usd, runs, "$mark-pass"))
        lines += _indented(f"against {one_line(saved.baseline, 300)}", width)
    else:
        lines.append(_soft("saved       nothing: no local run has counted tokens"))
    if saved.mean_cloud_usd is not None and by_mean is not None:
        mean = f"if each local run had cost ${saved.mean_cloud_usd:.4f}"
        lines.append(row("or saved", by_mean, mean, "$mark-pass"))
        lines += _indented(
            f"the mean of {saved.cloud_runs:,} cloud runs; harder tasks go there, so"
            " this may promise too much",
            width,
        )
    if found.replays:
        told = f"{found.replays:,} for {_usd(found.replays_cost_usd)}, in none of these"
        lines.append(_soft("replays".ljust(_NAME)) + Content(told))
    return lines


def _indented(text: str, width: int) -> list[Content]:
    return [_soft(" " * _NAME + line) for line in wrap(text, max(width - _NAME, 20))]


def _bar_room(width: int) -> int:
    """Cells of a bar: what words and figures leave over."""
    return min(max(width - 68, 8), 32)


def _usd(value: float) -> str:
    return f"{'-' if value < 0 else ''}${abs(value):,.2f}"


def share_lines(
    shares: Sequence[Share], title: str, width: int, height: int, glyphs: Glyphs
) -> list[Content]:
    """Models, or repositories, one a line, most runs first.

    Args:
        shares: All of them.
        title: What they are.
        width: Cells of a line.
        height: Lines.
        glyphs: What is drawn with.
    """
    if not shares:
        return [_soft("No runs in this time.")]

    name = max(width - _FIGURES_WIDTH, 10)
    bar = min(max(name - 40, 0), 24)
    name -= bar
    head = "".join(f"{word:>{cells}}" for word, cells in _FIGURES)
    lines = [_soft(title.ljust(name) + " " * bar + head)]
    most = max(height - 2, 1)
    top = max(share.runs for share in shares)
    for share in shares[:most]:
        drawn = (glyphs.full * round(share.runs / top * (bar - 1))).ljust(bar)
        lines.append(
            Content(_tail(share.name, name - 1, glyphs) + " ")
            + Content.styled(drawn if bar else "", "$bar-fill")
            + Content(_figures(share, glyphs))
        )
    if len(shares) > most:
        rest = f"{len(shares) - most:,} more: mux ledger stats --json"
        lines.append(fit(_soft(rest), width, glyphs))
    return lines


def _figures(share: Share, glyphs: Glyphs) -> str:
    dash = wording.dash(glyphs)
    here = f"{share.done_locally / share.done:.0%}" if share.done else dash
    values = (
        *(f"{share.runs:,}", here, wording.seconds_of(share.seconds_p50, glyphs)),
        _usd(share.cost_usd),
        *(str(count) if count else dash for count in (share.good, share.bad)),
    )
    return "".join(
        f"{value:>{cells}}" for value, (_, cells) in zip(values, _FIGURES, strict=True)
    )


def _tail(name: str, width: int, glyphs: Glyphs) -> str:
    """The end of a name, which tells directories apart; as wide as asked for."""
    text = "(none)" if name == NOBODY else one_line(name, 400)
    if cell_len(text) > width:
        while cell_len(text) >= width:
            text = text[1:]
        text = glyphs.cut + text
    return set_cell_size(text, width)


def _soft(text: str) -> Content:
    return Content.styled(text, "$text-soft")
