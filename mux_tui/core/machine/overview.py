"""Catalogue, disk, server and measurements in one table: a row for each model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.fit import DEFAULT_CONTEXT, Fit, fit_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.speed import Expected, expected
from mux_tui.core.catalog.table import Catalogue
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.measured import NOT_MEASURED, Measured

Remembered = Callable[[str], Measured]
"""What was measured of the model whose directory has this name."""


@dataclass(frozen=True)
class ModelRow:
    """One model as it is, or would be, on this machine."""

    id: str
    name: str
    model: CatalogModel | None
    """What is known of it; None: its files do not tell enough."""

    fit: Fit | None
    """None: cannot be worked out."""

    expected: Expected
    measured: Measured = NOT_MEASURED
    """As seen on this machine."""

    installed: Installed | None = None
    """None: it is not on this disk."""

    served: bool = False
    """The model server has it loaded, or is loading it."""

    recommended: bool = False

    @property
    def known(self) -> bool:
        """Whether the catalogue lists it."""
        return self.model is not None and self.model.origin != "files"


def rows_of(
    catalogue: Catalogue,
    capacity: Capacity,
    installed: Iterable[Installed] = (),
    *,
    context: int = DEFAULT_CONTEXT,
    served: Path | None = None,
    remembered: Remembered | None = None,
    recommended: str = "",
) -> tuple[ModelRow, ...]:
    """One row a model: those on disk first, then the catalogue's, best first.

    Args:
        catalogue: The models that are known.
        capacity: The machine.
        installed: The models on its disk.
        context: Tokens of context they should hold.
        served: Directory of the model that the server has.
        remembered: What was measured here; None: nothing was.
        recommended: The id of the model to take.
    """
    rows: list[ModelRow] = []
    there: set[str] = set()
    for one in installed:
        entry = catalogue.find(one.id)
        model = as_installed(entry, one) if entry else one.shape
        there.update({entry.id} if entry else ())
        rows.append(
            _row(
                one.id,
                model,
                capacity,
                context,
                installed=one,
                served=one.directory == served,
                measured=remembered(one.directory.name) if remembered else NOT_MEASURED,
            )
        )
    rows.sort(key=lambda row: (not row.served, not _configured(row), row.id))
    rest = [model for model in catalogue.models if model.id not in there]
    rows += sorted(
        (_row(model.id, model, capacity, context) for model in rest), key=_unfit
    )
    return tuple(replace(row, recommended=_is(row, recommended)) for row in rows)


def _row(
    id: str,
    model: CatalogModel | None,
    capacity: Capacity,
    context: int,
    *,
    installed: Installed | None = None,
    served: bool = False,
    measured: Measured = NOT_MEASURED,
) -> ModelRow:
    if model is None:
        why = "its files do not tell enough"
        return ModelRow(
            id, id, None, None, Expected(None, None, why), measured, installed, served
        )

    return ModelRow(
        id,
        model.name,
        model,
        fit_of(model, capacity.budget, context),
        expected(model, capacity),
        measured,
        installed,
        served,
    )


def as_installed(entry: CatalogModel, one: Installed) -> CatalogModel:
    """A catalogue's entry for a model on disk: its size there counts."""
    estimated = tuple(name for name in entry.estimated if name != "bytes")
    return replace(entry, bytes=one.bytes, estimated=estimated)


def _configured(row: ModelRow) -> bool:
    return row.installed is not None and row.installed.configured


def _unfit(row: ModelRow) -> bool:
    return row.fit is None or row.fit.word == "no"


def _is(row: ModelRow, id: str) -> bool:
    return bool(id) and row.model is not None and row.model.id == id
