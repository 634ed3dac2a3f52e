"""The list of models: one line each, moved through by keys."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters
from textual.binding import BindingType
from textual.widgets.option_list import Option

from mux_tui.core.catalog.capacity import Budget
from mux_tui.core.machine.overview import ModelRow
from mux_tui.tui.host import Host
from mux_tui.tui.keys import key
from mux_tui.tui.widgets.hardware.model_columns import Columns
from mux_tui.tui.widgets.options import Options


class ModelList(Options, inherit_bindings=False):
    """Shows rows; which one is meant, its messages tell by index."""

    HELP = """
## Models

What the catalogue knows and what is on this disk. `needs` is weights, context and
overhead together; the bar shows it as a part of what there is for a model.

`fits` leaves 15 % free, `tight` less, `no` is too much with so much context: try less
with the left arrow. `~` marks an estimate; `b` measures the model that is served.

Your own models go into `models.toml` beside the settings.
"""
    app = getters.app(Host)
    jump_letter = "o"
    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "down,j", "cursor_down", "down", "Next model", id="models.down", show=False
        ),
        key("up,k", "cursor_up", "up", "Model before", id="models.up", show=False),
        key("home,g", "first", "first", "First model", id="models.first", show=False),
        key("end,G", "last", "last", "Last model", id="models.last", show=False),
        key("pagedown", "page_down", "page", "Next page", id="models.page", show=False),
        key(
            "pageup", "page_up", "back", "Page before", id="models.page_up", show=False
        ),
        key("enter", "select", "serve", "Serve this model", id="models.serve"),
    ]

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__(id="model-list", markup=False, compact=True)
        self._rows: Sequence[ModelRow] = ()
        self._budget: Budget | None = None

    @property
    def row(self) -> ModelRow | None:
        """The model the cursor is on."""
        at = self.highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def show_rows(self, rows: Sequence[ModelRow], budget: Budget) -> None:
        """Show these; the cursor stays on its model where that is still there."""
        before = self.row.id if self.row else ""
        self._rows, self._budget = rows, budget
        self._fill()
        at = next((n for n, row in enumerate(rows) if row.id == before), 0)
        self.highlighted = at if rows else None

    def on_resize(self) -> None:
        """Draw the columns to the new width."""
        at = self.highlighted
        self._fill()
        self.highlighted = at

    def _fill(self) -> None:
        width = self.scrollable_content_region.width
        if not width or self._budget is None:
            return

        columns = Columns.of(width)
        self.set_options(
            Option(columns.row(row, self._budget, self.app.glyphs), id=str(number))
            for number, row in enumerate(self._rows)
        )
