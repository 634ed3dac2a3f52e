"""A model's memory as a bar: weights, context and overhead, in what there is for it."""

from dataclasses import dataclass

from mux_tui.core.catalog.capacity import Budget
from mux_tui.core.catalog.fit import Need


@dataclass(frozen=True)
class Cells:
    """How many cells of a bar each part takes; together they are the whole bar."""

    weights: int
    context: int
    overhead: int
    free: int

    def drawn(self, letters: str = "#+=.") -> str:
        """The bar as text.

        Args:
            letters: One for each part, in the order they have here.
        """
        weights, context, overhead, free = letters
        return (
            weights * self.weights
            + context * self.context
            + overhead * self.overhead
            + free * self.free
        )


def cells_of(need: Need, budget: Budget, width: int) -> Cells:
    """Divide a bar of `width` cells; what does not fit fills it to the end."""
    most = max(budget.bytes, 1)
    ends = [
        min(max(round(size / most * width), min(width, 1)), width)
        for size in (need.weights, need.weights + need.kv, need.total)
    ]
    weights, context, overhead = ends
    return Cells(weights, context - weights, overhead - context, width - overhead)
