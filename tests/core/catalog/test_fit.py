"""Memory: what a model needs, what a machine has, and what that means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.catalog.bar import cells_of
from mux_tui.core.catalog.capacity import (
    Budget,
    Capacity,
    budget_of,
    budget_of_card,
    usual_on_mac,
)
from mux_tui.core.catalog.fit import (
    CONTEXTS,
    SPARE,
    Need,
    fit_of,
    largest_context,
    need_of,
)
from mux_tui.core.catalog.model import CatalogModel, Seen
from mux_tui.core.catalog.sizes import GIB, gib, tokens
from mux_tui.core.catalog.speed import expected
from mux_tui.core.catalog.table import shipped_models
from mux_tui.core.hardware.chips import Chip
from mux_tui.core.machine.capacity import simulated


def named(id: str) -> CatalogModel:
    return next(model for model in shipped_models() if model.id.endswith(id))


QWEN3_CODER = named("Qwen3-Coder-30B-A3B-Instruct-4bit")
QWEN25_14B = named("Qwen2.5-Coder-14B-Instruct-4bit")
QWEN36 = named("Qwen3.6-35B-A3B-4bit")
GPT_OSS = named("gpt-oss-20b-MXFP4-Q8")


def of(size: int) -> Budget:
    return Budget(size, "a test", False)


@pytest.mark.parametrize(
    ("model", "each"),
    [
        (QWEN3_CODER, 2 * 48 * 4 * 128 * 2),
        (QWEN25_14B, 2 * 48 * 8 * 128 * 2),
        (QWEN36, 2 * 10 * 2 * 256 * 2),
        (named("smollm2-135m-instruct"), 2 * 30 * 3 * 64 * 4),
        (named("GLM-4.7-Flash-4bit"), 47 * (512 + 64) * 2),
        (named("gemma-4-26b-a4b-it-4bit"), 5 * 2 * 2 * 512 * 2),
    ],
)
def test_each_token_of_context_costs_its_keys_and_values(
    model: CatalogModel, each: int
) -> None:
    assert model.kv_bytes_per_token == each
    grown = model.kv_bytes(21_000) - model.kv_bytes(20_000)
    assert grown == each * 1000


def test_windowed_layers_stop_growing_at_their_window() -> None:
    one = 2 * 12 * 8 * 64 * 2
    assert GPT_OSS.kv_bytes(64) == 2 * one * 64
    assert GPT_OSS.kv_bytes(10_000) == one * 10_000 + one * 128


def test_what_metal_recommends_is_the_budget_where_it_is_told() -> None:
    budget = budget_of(36 * GIB, 27 * GIB, 30 * GIB)
    assert (budget.bytes, budget.estimated) == (27 * GIB, False)
    assert budget_of(36 * GIB, None, 30 * GIB).bytes == 30 * GIB
    assert budget_of(36 * GIB, 99 * GIB).bytes == 36 * GIB


def test_without_it_the_system_keeps_a_part() -> None:
    budget = budget_of(16 * GIB)
    assert budget.bytes == round(16 * GIB * 0.9) - 2_500_000_000
    assert budget.estimated
    assert budget_of(1 * GIB).bytes == 0


@pytest.mark.parametrize(
    ("gibibytes", "published"),
    [(8, 5.73), (16, 12.71), (24, 19.07), (36, 30.15), (64, 55.66), (512, 498.22)],
)
def test_a_mac_that_tells_nothing_is_taken_for_a_usual_one(
    gibibytes: int, published: float
) -> None:
    budget = usual_on_mac(gibibytes * GIB)
    assert round(budget.bytes / 1e9, 2) == published
    assert budget.estimated


@given(st.integers(0, 4096 * GIB), st.integers(0, 8 * GIB))
def test_more_memory_is_never_less_for_a_model(size: int, more: int) -> None:
    assert usual_on_mac(size).bytes <= usual_on_mac(size + more).bytes
    assert usual_on_mac(size).bytes <= max(size, 0)
    assert (
        budget_of_card(size).bytes <= budget_of_card(size + more).bytes <= size + more
    )


def test_a_model_that_failed_on_a_24_gib_mac_does_not_fit_one() -> None:
    """Published: Qwen3.6 35B A3B in 4 bits ran out of GPU memory on an M5 of 24 GiB."""
    assert fit_of(QWEN36, usual_on_mac(24 * GIB), 4096).word == "no"


@given(st.sampled_from(shipped_models()), st.integers(0, 600 * GIB), st.integers(0, 60))
def test_a_bar_is_as_wide_as_it_shall_be(
    model: CatalogModel, size: int, width: int
) -> None:
    cells = cells_of(need_of(model, 32_768), of(size), width)
    parts = (cells.weights, cells.context, cells.overhead, cells.free)
    assert sum(parts) == width
    assert min(parts) >= 0
    assert len(cells.drawn()) == width
    if width and size:
        assert cells.weights


def test_a_bar_shows_its_parts() -> None:
    need = Need(weights=16 * GIB, kv=4 * GIB, overhead=2 * GIB)
    assert cells_of(need, of(32 * GIB), 16).drawn() == "########++=....."
    assert cells_of(need, of(20 * GIB), 10).drawn() == "########++"


def test_the_words() -> None:
    need = need_of(QWEN3_CODER, 32_768).total
    assert fit_of(QWEN3_CODER, of(round(need / (1 - SPARE)) + 1)).word == "fits"
    assert fit_of(QWEN3_CODER, of(need + 1)).word == "tight"
    assert fit_of(QWEN3_CODER, of(need - 1)).word == "no"


def test_the_sentences() -> None:
    need = need_of(QWEN3_CODER, 32_768).total
    assert fit_of(QWEN3_CODER, of(2 * need)).sentence == "fits with 32k of context"
    assert fit_of(QWEN3_CODER, of(need)).sentence == "tight with 32k of context"
    less = fit_of(QWEN3_CODER, of(need_of(QWEN3_CODER, 16_384).total))
    assert less.sentence == "no: 16k of context at most, 32k asked"
    assert fit_of(QWEN3_CODER, of(GIB)).sentence == "no"


def test_a_model_is_never_asked_for_more_context_than_it_was_made_for() -> None:
    fit = fit_of(QWEN25_14B, of(100 * GIB), 262_144)
    assert (fit.context, fit.largest) == (32_768, 32_768)


@given(
    st.sampled_from(shipped_models()),
    st.integers(0, 600 * GIB),
    st.sampled_from(CONTEXTS),
)
def test_the_largest_context_is_the_largest_that_fits(
    model: CatalogModel, size: int, context: int
) -> None:
    largest = largest_context(model, of(size))
    assert 0 <= largest <= model.context
    if largest:
        assert need_of(model, largest).total <= size
    if largest >= min(context, model.context) > 0:
        assert fit_of(model, of(size), context).word != "no"


@given(st.sampled_from(shipped_models()), st.integers(0, 600 * GIB))
def test_more_context_never_fits_better(model: CatalogModel, size: int) -> None:
    words = [fit_of(model, of(size), context).word for context in CONTEXTS]
    order = {"fits": 0, "tight": 1, "no": 2}
    assert [order[word] for word in words] == sorted(order[word] for word in words)


def test_speed_follows_published_measurements_within_40_percent() -> None:
    """mlx_lm, Qwen3-Coder-30B-A3B in 4 bits on an M4 Pro: about 800 and 66."""
    capacity = Capacity(48 * GIB, budget_of(48 * GIB), 273, 20 * 440)
    guess = expected(QWEN3_CODER, capacity)
    assert guess.reading
    assert guess.writing
    assert 0.6 < guess.reading / 800 < 1.4
    assert 0.6 < guess.writing / 66 < 1.4


MEASURED_ON = {
    "M4 Pro": simulated(48, Chip(4, "Pro")),
    "M5 Max": simulated(128, Chip(5, "Max")),
    "M3 Ultra": simulated(256, Chip(3, "Ultra")),
}


@pytest.mark.parametrize(
    ("model", "seen"),
    [(model, seen) for model in shipped_models() for seen in model.seen],
    ids=lambda value: getattr(value, "name", getattr(value, "machine", "")),
)
def test_what_others_measured_is_met_within_40_percent(
    model: CatalogModel, seen: Seen
) -> None:
    guess = expected(model, MEASURED_ON[seen.machine])
    for told, measured in (
        (guess.writing, seen.writing),
        (guess.reading, seen.reading),
    ):
        if measured:
            assert told
            assert 0.6 < told / measured < 1.4


@pytest.mark.parametrize(
    ("bandwidth", "measured"),
    [(68.25, 14.1), (100, 21.9), (200, 37.9), (273, 50.7), (400, 66.3), (800, 94.3)],
)
def test_a_dense_7b_model_from_the_m1_to_the_m2_ultra(
    bandwidth: float, measured: float
) -> None:
    """Published: a 7B model of 3.8 GB, next to no context."""
    model = CatalogModel("a/b", "b", 3_830_000_000, 6.7, 6.7, 32, 0, 32, 128, 4096)
    guess = expected(model, Capacity(GIB, budget_of(GIB), bandwidth)).writing
    assert guess
    assert 0.75 < guess / measured < 1.25


def test_what_is_not_known_is_not_estimated() -> None:
    guess = expected(QWEN3_CODER, Capacity(GIB, budget_of(GIB)))
    assert (guess.reading, guess.writing) == (None, None)
    assert guess.why == "the memory bandwidth is not known"
    half = expected(QWEN3_CODER, Capacity(GIB, budget_of(GIB), 307))
    assert half.writing
    assert half.reading is None
    assert half.why == "the GPU's arithmetic is not known"


def test_on_a_processor_quantised_models_are_known_to_be_too_slow() -> None:
    capacity = Capacity(GIB, budget_of(GIB), on_processor=True)
    assert expected(QWEN3_CODER, capacity).too_slow
    assert not expected(named("smollm2-135m-instruct"), capacity).too_slow


def test_sizes_read_as_people_say_them() -> None:
    assert gib(17.2 * GIB) == "17.2 GiB"
    assert gib(80 << 20) == "80 MiB"
    assert gib(0) == "0.0 GiB"
    assert [tokens(n) for n in (500, 8192, 262_144, 1 << 20)] == [
        "500",
        "8k",
        "256k",
        "1M",
    ]
