"""Which model to take on this machine, what else there is, and what each would cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mux_tui.core.catalog.capacity import Capacity
from mux_tui.core.catalog.elsewhere import Elsewhere, elsewhere
from mux_tui.core.catalog.fit import DEFAULT_CONTEXT, Fit
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.recommend import Considered, consider
from mux_tui.core.catalog.recommend import recommend as choose_one
from mux_tui.core.catalog.sizes import gib
from mux_tui.core.catalog.speed import Expected
from mux_tui.core.catalog.table import Catalogue, read_catalogue
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.machine.capacity import capacity_of
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.measured import NOT_MEASURED, Measured
from mux_tui.core.machine.overview import Remembered, as_installed

MOST_ALTERNATIVES = 4

_MUCH_SMALLER = 0.7
_MUCH_QUICKER = 1.3


@dataclass(frozen=True)
class Option:
    """A model that could be taken."""

    model: CatalogModel
    fit: Fit
    expected: Expected
    why: str
    """For people: why it is the one, or how it differs from the one; one line."""

    measured: Measured = NOT_MEASURED
    installed: Installed | None = None
    """None: it would have to be downloaded."""

    disk_free: int | None = None
    """Bytes where models are kept; None: not known."""

    @property
    def id(self) -> str:
        """Its repository, or what it is called on this disk."""
        return self.installed.id if self.installed else self.model.id

    @property
    def download_bytes(self) -> int:
        """What has to be fetched; 0: it is here. Without the tokenizer's few MB."""
        return 0 if self.installed else self.model.bytes

    @property
    def download_estimated(self) -> bool:
        """Whether that is not the repository's own number."""
        return not self.installed and "bytes" in self.model.estimated

    @property
    def disk_bytes(self) -> int:
        """What it takes on the disk."""
        return self.installed.bytes if self.installed else self.model.bytes

    @property
    def enough_disk(self) -> bool | None:
        """Whether the download has room; None: the free space is not known."""
        if not self.download_bytes:
            return True

        return None if self.disk_free is None else self.disk_free > self.download_bytes

    @property
    def fit_text(self) -> str:
        """`fits with 32k of context`."""
        return self.fit.sentence

    @property
    def speed_text(self) -> str:
        """`reads ~900/s, writes ~66/s`; without `~` where measured; empty: unknown."""
        if self.expected.too_slow and not self.measured.writing:
            return "writes less than one token a second"

        reads = _rate(self.measured.reading, self.expected.reading)
        writes = _rate(self.measured.writing, self.expected.writing)
        told = (("reads", reads), ("writes", writes))
        return ", ".join(f"{verb} {rate}/s" for verb, rate in told if rate)


@dataclass(frozen=True)
class Advice:
    """What to take on a machine."""

    best: Option | None
    """None: nothing fits."""

    alternatives: tuple[Option, ...]
    """At most `MOST_ALTERNATIVES`: better-ranked ones first, the starter last."""

    sentence: str
    """Why `best` is the best, or why there is none; for people."""

    capacity: Capacity
    elsewhere: Elsewhere | None = None
    """What another server could run here, where MLX is too slow."""


def recommend(
    facts: MachineFacts,
    catalogue: Catalogue | None = None,
    installed: Sequence[Installed] = (),
    *,
    context: int = DEFAULT_CONTEXT,
    remembered: Remembered | None = None,
) -> Advice:
    """Choose a model for a machine, and alternatives to it.

    Args:
        facts: What is known of the machine.
        catalogue: The models there are to choose from; None: those that mux ships.
        installed: The models on its disk.
        context: Tokens of context that it should hold.
        remembered: What was measured here; None: nothing was.
    """
    catalogue = catalogue or read_catalogue()
    capacity = capacity_of(facts)
    here = _on_disk(catalogue, installed)
    models = tuple(
        as_installed(model, here[model.id]) if model.id in here else model
        for model in catalogue.models
    )
    chosen = choose_one(models, capacity, context)

    def option(one: Considered, why: str) -> Option:
        model = here.get(one.model.id)
        seen = remembered(model.directory.name) if remembered and model else None
        return Option(
            one.model,
            one.fit,
            one.expected,
            why,
            seen or NOT_MEASURED,
            model,
            facts.disk_free.value,
        )

    best = chosen.pick
    others = _others(models, capacity, best, here, context)
    return Advice(
        option(best, chosen.sentence) if best else None,
        tuple(option(one, _why(one, best, here)) for one in others),
        chosen.sentence,
        capacity,
        elsewhere(models, capacity, context),
    )


def _on_disk(
    catalogue: Catalogue, installed: Iterable[Installed]
) -> dict[str, Installed]:
    """The models on disk that the catalogue knows, by the catalogue's id."""
    known = ((catalogue.find(one.id), one) for one in installed)
    return {entry.id: one for entry, one in known if entry is not None}


def _others(
    models: Sequence[CatalogModel],
    capacity: Capacity,
    best: Considered | None,
    here: dict[str, Installed],
    context: int,
) -> list[Considered]:
    if best is None or capacity.on_processor:
        return []

    rest = [m for m in models if m.id != best.model.id]
    found = consider((m for m in rest if m.rank), capacity, best.fit.context or context)
    fitting = [one for one in found if one.fit.word != "no"]
    # What is on the disk costs nothing to try; the rest stays as it is ranked.
    fitting.sort(key=lambda one: (one.model.id not in here, -one.model.rank))
    starter = consider((m for m in rest if m.starter), capacity, context)
    return [*fitting[: MOST_ALTERNATIVES - len(starter)], *starter]


def _why(one: Considered, best: Considered | None, here: dict[str, Installed]) -> str:
    assert best is not None, "there are no alternatives to nothing"
    told = "; ".join(_differences(one, best, one.model.id in here))
    return told or "about the same"


def _differences(one: Considered, best: Considered, here: bool) -> Iterator[str]:
    if here:
        yield "on this disk already"
    if one.model.starter:
        yield "to try mux with, not to code with"
        return
    if one.slow:
        yield "slow here"
    if one.fit.word == "tight" and best.fit.word != "tight":
        yield "leaves little memory for other programs"
    if one.model.bytes < _MUCH_SMALLER * best.model.bytes:
        yield f"{gib(best.model.bytes - one.model.bytes)} smaller"
    quick, slow = one.expected.writing, best.expected.writing
    if quick and slow and quick > _MUCH_QUICKER * slow:
        yield "writes faster"
    if quick and slow and slow > _MUCH_QUICKER * quick and not one.slow:
        yield "writes slower"
    if one.model.rank > best.model.rank:
        yield "better at coding"
    elif one.model.rank < best.model.rank:
        yield "weaker at coding"


def _rate(measured: float | None, expected: float | None) -> str:
    if measured:
        return f"{measured:,.0f}"

    return f"~{expected:,.0f}" if expected else ""
