"""NVIDIA's graphics cards, as their driver's own command tells them."""

from mux_tui.core.hardware.facts import Card, Fact, unknown
from mux_tui.core.hardware.probe import Answer, safe, whole

COMMAND = (
    "nvidia-smi",
    "--query-gpu=name,memory.total,driver_version",
    "--format=csv,noheader,nounits",
)
_SOURCE = "nvidia-smi"
_MIB = 1 << 20


def read(answer: Answer) -> Fact[tuple[Card, ...]]:
    """Understand what it printed: one line a card."""
    rows = [
        [cell.strip() for cell in line.rsplit(",", 2)]
        for line in answer.text.splitlines()
        if line.count(",") >= 2
    ]
    cards = tuple(
        Card(safe(name, 60), size * _MIB if (size := whole(memory)) else None)
        for name, memory, _ in rows
        if name
    )
    if cards:
        return Fact(cards, _SOURCE)

    return unknown(answer.why or "nvidia-smi lists none", _SOURCE)


def named(cards: Fact[tuple[Card, ...]]) -> Fact[str]:
    """The cards in words: `NVIDIA L4 24 GiB, NVIDIA L4 24 GiB`."""
    if not cards.value:
        return unknown(cards.why, cards.source)

    return Fact(", ".join(_words(card) for card in cards.value), cards.source)


def _words(card: Card) -> str:
    if card.memory is None:
        # Chips that share the processor's memory answer "[N/A]".
        return f"{card.name} (shares the machine's memory, or does not tell)"

    return f"{card.name} {card.memory / (1 << 30):.0f} GiB"
