"""Which model to take, machine by machine."""

import re

import pytest

from mux_tui.core.catalog.capacity import (
    Budget,
    Capacity,
    budget_of,
    budget_of_card,
    usual_on_mac,
)
from mux_tui.core.catalog.elsewhere import elsewhere
from mux_tui.core.catalog.fit import need_of
from mux_tui.core.catalog.model import CatalogModel
from mux_tui.core.catalog.recommend import consider, recommend
from mux_tui.core.catalog.sizes import GIB
from mux_tui.core.catalog.table import shipped_models
from mux_tui.core.hardware.chips import chip_named
from mux_tui.core.machine.capacity import simulated

MODELS = shipped_models()

MACS = [
    (8, "M1", "Qwen3.5-4B-4bit"),
    (8, "M2", "Qwen3.5-4B-4bit"),
    (16, "M1", "Qwen3.5-4B-4bit"),
    (16, "M2", "Qwen3.5-9B-4bit"),
    (16, "M6", "Qwen3.5-9B-4bit"),
    (24, "M4", "Qwen3.5-9B-4bit"),
    (24, "M5 Pro", "Qwen3.5-9B-4bit"),
    (32, "M1 Max", "Qwen3.6-35B-A3B-4bit"),
    (32, "M4", "Qwen3.6-35B-A3B-4bit"),
    (36, "M3 Max", "Qwen3.6-35B-A3B-4bit"),
    (48, "M4 Pro", "Qwen3.6-35B-A3B-4bit"),
    (64, "M4 Max", "Qwen3.6-35B-A3B-8bit"),
    (96, "M2 Max", "Qwen3-Coder-Next-4bit"),
    (96, "M5 Ultra", "Qwen3-Coder-Next-4bit"),
    (128, "M4 Max", "Qwen3-Coder-Next-8bit"),
    (192, "M2 Ultra", "Qwen3-Coder-Next-8bit"),
    (256, "M3 Ultra", "Qwen3-Coder-Next-8bit"),
    (512, "M3 Ultra", "Qwen3.5-397B-A17B-4bit"),
]
"""An M1 reads prompts too slowly with a 9B model."""


@pytest.mark.parametrize(("gibibytes", "chip", "id"), MACS)
def test_the_recommendation_for_a_mac(gibibytes: int, chip: str, id: str) -> None:
    advice = recommend(MODELS, simulated(gibibytes, chip_named(chip)))
    assert advice.pick
    assert advice.pick.model.id.endswith(id)
    assert advice.pick.fit.word != "no"
    assert not advice.pick.slow
    assert "of context" in advice.sentence
    assert re.search(r"~\d+ tokens a second", advice.sentence)


SIZES = (8, 16, 24, 32, 48, 64, 96, 128, 192, 512)


@pytest.mark.parametrize("gibibytes", SIZES)
def test_without_a_known_chip_memory_alone_decides(gibibytes: int) -> None:
    advice = recommend(MODELS, simulated(gibibytes))
    assert advice.pick
    assert "tokens a second" not in advice.sentence


def test_more_memory_never_means_a_worse_model() -> None:
    ranks: list[int] = []
    for gibibytes in range(6, 520, 2):
        pick = recommend(MODELS, simulated(gibibytes)).pick
        assert pick
        assert pick.fit.need.total <= usual_on_mac(gibibytes * GIB).bytes
        ranks.append(pick.model.rank)
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("model", [m for m in MODELS if m.rank], ids=lambda m: m.id)
def test_a_byte_less_than_it_needs_and_a_model_is_not_taken(
    model: CatalogModel,
) -> None:
    need = need_of(model, 16_384).total
    for size, taken in ((need, True), (need - 1, False)):
        capacity = Capacity(need * 2, Budget(size, "a test", False))
        assert (recommend((model,), capacity, 16_384).pick is not None) is taken


GPU = 24 * GIB
LINUX = [
    (16, 0, "Qwen3.5 4B", "on the processor"),
    (32, 0, "Qwen3.6 35B A3B", "on the processor"),
    (64, 0, "Qwen3.6 35B A3B, 8 bit", "on the processor"),
    (16, 8 * GIB, "Qwen3.5 4B", "on the graphics card"),
    (16, GPU, "Qwen3.8 27B", "on the graphics card"),
    (32, GPU, "Qwen3.8 27B", "on the graphics card"),
    (64, 2 * GPU, "Qwen3.6 35B A3B, 8 bit", "on the graphics card"),
    (64, 80 * GIB, "Qwen3 Coder Next 80B A3B", "on the graphics card"),
]


@pytest.mark.parametrize(("gibibytes", "cards", "name", "place"), LINUX)
def test_on_linux_it_is_the_starter_and_what_another_server_could_run(
    gibibytes: int, cards: int, name: str, place: str
) -> None:
    ram = gibibytes * GIB
    capacity = Capacity(ram, budget_of(ram), on_processor=True, cards=cards)
    advice = recommend(MODELS, capacity)
    assert advice.pick
    assert advice.pick.model.starter
    assert f"{name} would run {place}" in advice.sentence
    assert "llama-server" in advice.sentence
    assert "providers.local.base_url" in advice.sentence


@pytest.mark.parametrize("gibibytes", [16, 32, 64])
def test_on_linux_where_mlx_computes_on_a_card_its_memory_decides(
    gibibytes: int,
) -> None:
    """24 GiB on the card, whatever the machine has."""
    capacity = Capacity(gibibytes * GIB, budget_of_card(GPU), cards=GPU)
    advice = recommend(MODELS, capacity)
    assert advice.pick
    assert advice.pick.model.id.endswith("Qwen3.8-27B-4bit")
    assert elsewhere(MODELS, capacity) is None


def test_a_card_too_small_for_any_model_leaves_the_processor() -> None:
    ram = 64 * GIB
    capacity = Capacity(ram, budget_of(ram), on_processor=True, cards=2 * GIB)
    found = elsewhere(MODELS, capacity)
    assert found
    assert not found.on_card
    assert found.model.active <= 5


def test_on_linux_with_little_memory_only_the_starter_is_named() -> None:
    capacity = Capacity(4 * GIB, budget_of(4 * GIB), on_processor=True)
    advice = recommend(MODELS, capacity)
    assert advice.pick
    assert advice.pick.model.starter
    assert "for those let mux use llama-server" in advice.sentence


def test_a_machine_too_small_for_anything_is_told_so() -> None:
    advice = recommend(MODELS, Capacity(GIB, budget_of(GIB)))
    assert advice.pick is None
    assert advice.sentence.startswith("nothing")


def test_too_little_memory_for_a_coding_model_leaves_the_starter() -> None:
    advice = recommend(MODELS, simulated(5))
    assert advice.pick
    assert advice.pick.model.starter


def test_where_nothing_holds_so_much_context_less_is_offered_and_said() -> None:
    capacity = simulated(18)
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
