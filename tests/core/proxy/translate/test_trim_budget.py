"""How long a prompt may be; and that the manual tells it as it is."""

import re
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Proxy
from mux_tui.core.proxy.translate import reminders, tool_trim
from mux_tui.core.proxy.translate.budget import (
    GROWTH,
    budget_for,
    characters_for,
    room,
)
from mux_tui.core.proxy.translate.facts import ModelTraits, Tier

PROXY = Proxy()
TIERS: tuple[Tier, ...] = ("small", "medium", "large")
MANUAL = Path(__file__).parents[4] / "docs" / "trimming.md"


def traits(
    tier: Tier, rate: float | None = None, window: int | None = None
) -> ModelTraits:
    return ModelTraits("m", "m", tier, prefill_rate=rate, context_window=window)


@pytest.mark.parametrize(
    ("tier", "characters"), [("small", 14_000), ("medium", 7000), ("large", 100_000)]
)
def test_settings_tell_until_the_speed_is_known(tier: Tier, characters: int) -> None:
    assert characters_for(traits(tier), PROXY, None) == characters


@pytest.mark.parametrize("rate", [3.0, 20.0, 150.0, 311.0, 900.0, 4000.0])
def test_a_measured_budget_is_read_in_time(rate: float) -> None:
    found = characters_for(traits("small", rate), PROXY, None)

    seconds = found / 3.5 / rate
    assert PROXY.prefill_seconds * 0.79 <= seconds or found == 1000
    assert seconds <= PROXY.prefill_seconds or found == 1000


def test_a_speed_measured_again_seldom_changes_the_budget() -> None:
    budgets = {
        characters_for(traits("small", 300 + n / 10), PROXY, None) for n in range(100)
    }

    assert len(budgets) <= 2


@pytest.mark.parametrize("window", [1, 64, 2048, 8192, 32_768, 1_000_000])
@pytest.mark.parametrize("tier", TIERS)
def test_the_answer_has_its_room_in_the_window(tier: Tier, window: int) -> None:
    answer = {"small": 2048, "medium": 4096, "large": 8192}[tier]
    found = budget_for(traits(tier, window=window), PROXY)

    assert 0 < found.target <= found.ceiling <= room(tier, PROXY, window)
    assert found.ceiling <= max((window - min(answer, window // 2)) * 3, 500)
    assert characters_for(traits(tier), PROXY, window) <= room(tier, PROXY, window)


@pytest.mark.parametrize("rate", [0.0, -1.0, None])
def test_odd_speeds_are_no_speeds(rate: float | None) -> None:
    assert characters_for(traits("small", rate), PROXY, None) == 14_000


def rows(heading: str) -> list[list[str]]:
    """The table that follows the words."""
    text = MANUAL.read_text().partition(heading)[2]
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table is not None
    lines = table[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_manual_tells_the_budgets() -> None:
    for tier, row in zip(TIERS, rows("## How long a prompt may be"), strict=True):
        found = budget_for(traits(tier), PROXY)
        numbers = [f"{n:,}" for n in (found.target, found.head, found.result)]
        assert [row[0], *row[2:]] == [tier, *numbers]
        assert found.ceiling == GROWTH * found.target
        assert found.results == 3 * found.result
    assert f"grow to {GROWTH} budgets" in MANUAL.read_text()


def test_the_manual_tells_the_steps_of_tools() -> None:
    words = {"whole": "all", "required": "required, with types"}
    shown = [
        [
            f"{step.description:,}" if step.description else "none",
            str(step.parameter or "none"),
            words.get(step.schema, "required, names only"),
        ]
        for step in tool_trim.STEPS
        if step
    ]

    table = rows("## Tool definitions")
    assert [row[1:] for row in table] == [["whole", "whole", "all"], *shown]
    core = ", ".join(sorted(tool_trim.CORE))
    assert core in " ".join(MANUAL.read_text().split())


def test_the_manual_tells_the_nudges() -> None:
    about = "; ".join(what for what, _ in reminders.NUDGES)

    assert f"Nudges are remarks about: {about}." in " ".join(MANUAL.read_text().split())
