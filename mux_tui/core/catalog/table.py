"""The models that are known: mux's own table, and the user's laid over it.

A user's entry with the id of a shipped one replaces it. What is wrong in the user's
table is told, and the rest of it still counts.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mux_tui.core.catalog.check import models_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.config.toml_file import Unreadable, read_toml
from mux_tui.core.text import one_line

USERS_FILE = "models.toml"
"""Beside the settings."""


@dataclass(frozen=True)
class Catalogue:
    """The models, best first, and what is wrong with the user's table."""

    models: tuple[CatalogModel, ...]
    problems: tuple[str, ...] = ()
    """One line each, naming the file."""

    def find(self, id: str) -> CatalogModel | None:
        """The entry of this id, or of a directory named like its last part."""
        short = id.rpartition("/")[2].lower()
        exact = next((one for one in self.models if one.id == id), None)
        return exact or next((m for m in self.models if _short(m) == short), None)


def read_catalogue(users: Path | None = None) -> Catalogue:
    """Read both tables.

    Args:
        users: The user's table, which need not be there; None: only the shipped one.
    """
    shipped = {model.id: model for model in shipped_models()}
    own, problems = _users(users) if users else ((), ())
    merged = shipped | {model.id: model for model in own}
    ranked = sorted(merged.values(), key=lambda model: (-model.rank, -model.bytes))
    return Catalogue(tuple(ranked), problems)


@cache
def shipped_models() -> tuple[CatalogModel, ...]:
    """The table that comes with mux."""
    content = read_toml(Path(__file__).with_name("models.toml"))
    assert content is not None, "the package holds its table"
    models, problems = models_of(content.table, "shipped")
    assert not problems, problems
    return models


def _users(path: Path) -> tuple[tuple[CatalogModel, ...], tuple[str, ...]]:
    shown = one_line(str(path), 300)
    try:
        content = read_toml(path)
    except Unreadable as error:
        return (), (f"{shown}{f':{error.line}' if error.line else ''}: {error.why}",)
    if content is None:
        return (), ()

    models, problems = models_of(content.table, "yours")
    return models, tuple(f"{shown}: {problem}" for problem in problems)


def _short(model: CatalogModel) -> str:
    return model.id.rpartition("/")[2].lower()
