"""Which model to take, machine by machine."""

import pytest

from mux_tui.core.catalog.capacity import Capacity, budget_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.recommend import consider, recommend
from mux_tui.core.catalog.sizes import GIB
from mux_tui.core.catalog.table import shipped_models
from mux_tui.core.hardware.chips import chip_named
from mux_tui.core.machine.capacity import simulated

MODELS = shipped_models()

MACS = [
    (8, "M1", "Qwen3.5-4B-4bit"),
    (16, "M2", "Qwen3.5-9B-4bit"),
    (24, "M4", "Qwen3.5-9B-4bit"),
    (32, "M1 Max", "Qwen3.6-35B-A3B-4bit"),
    (36, "M3 Max", "Qwen3.6-35B-A3B-4bit"),
    (48, "M4 Pro", "Qwen3.6-35B-A3B-4bit"),
    (64, "M4 Max", "Qwen3-Coder-Next-4bit"),
    (96, "M2 Max", "Qwen3-Coder-Next-4bit"),
    (128, "M4 Max", "Qwen3-Coder-Next-8bit"),
    (192, "M2 Ultra", "Qwen3-Coder-Next-8bit"),
    (512, "M3 Ultra", "GLM-4.7-4bit"),
]


@pytest.mark.parametrize(("gibibytes", "chip", "id"), MACS)
def test_the_recommendation_for_a_mac(gibibytes: int, chip: str, id: str) -> None:
    advice = recommend(MODELS, simulated(gibibytes, chip_named(chip)))
    assert advice.pick
    assert advice.pick.model.id.endswith(id)
    assert advice.pick.fit.word != "no"
    assert not advice.pick.slow
    assert "of context" in advice.sentence
    assert "tokens a second" in advice.sentence


@pytest.mark.parametrize("gibibytes", [gibibytes for gibibytes, _, _ in MACS])
def test_without_a_known_chip_memory_alone_decides(gibibytes: int) -> None:
    advice = recommend(MODELS, simulated(gibibytes))
    assert advice.pick
    assert "tokens a second" not in advice.sentence


@pytest.mark.parametrize("gibibytes", [4, 16, 64, 256])
def test_on_linux_without_a_gpu_it_is_the_starter_and_says_what_else(
    gibibytes: int,
) -> None:
    ram = gibibytes * GIB
    advice = recommend(MODELS, Capacity(ram, budget_of(ram), on_processor=True))
    assert advice.pick
    assert advice.pick.model.starter
    assert "llama-server" in advice.sentence
    assert "providers.local.base_url" in advice.sentence


def test_a_machine_too_small_for_anything_is_told_so() -> None:
    advice = recommend(MODELS, Capacity(GIB, budget_of(GIB)))
    assert advice.pick is None
    assert advice.sentence.startswith("nothing")


def test_too_little_memory_for_a_coding_model_leaves_the_starter() -> None:
    advice = recommend(MODELS, simulated(5))
    assert advice.pick
    assert advice.pick.model.starter


def test_where_nothing_holds_so_much_context_less_is_offered_and_said() -> None:
    capacity = simulated(16)
    only = [m for m in MODELS if m.id.endswith("Coder-14B-Instruct-4bit")]
    advice = recommend(only, capacity, 32_768)
    assert advice.pick
    assert advice.pick.fit.context == 16_384
    assert "with 32k of context nothing does" in advice.sentence


def test_a_model_that_would_be_slow_gives_way_to_a_quick_one() -> None:
    dense = CatalogModel(
        "a/dense", "dense", 16 * GIB, 30, 30, 64, 64, 8, 128, 65_536, rank=99
    )
    quick = CatalogModel(
        "a/quick", "quick", 16 * GIB, 30, 3, 48, 48, 4, 128, 65_536, rank=1
    )
    capacity = simulated(48, chip_named("M4 Pro"))
    advice = recommend((dense, quick), capacity)
    assert advice.pick
    assert advice.pick.model is quick
    assert [one.slow for one in consider((dense, quick), capacity)] == [True, False]


def test_a_roomier_model_goes_before_a_better_one_that_is_tight() -> None:
    def model(id: str, size: int, rank: int) -> CatalogModel:
        return CatalogModel(id, id, size, 30, 3, 48, 12, 2, 128, 65_536, rank=rank)

    capacity = Capacity(32 * GIB, budget_of(32 * GIB, 24 * GIB))
    advice = recommend((model("a", 21 * GIB, 9), model("b", 16 * GIB, 8)), capacity)
    assert advice.pick
    assert advice.pick.model.id == "b"
