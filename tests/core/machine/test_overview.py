"""One table of what is known, what is here, and what is served."""

from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.catalog.capacity import Capacity, budget_of, budget_of_card
from mux_tui.core.catalog.sizes import GIB
from mux_tui.core.catalog.table import read_catalogue
from mux_tui.core.config.settings import LocalProvider, Providers, Settings
from mux_tui.core.errors import ConfigError, UsageError
from mux_tui.core.hardware.chips import Chip
from mux_tui.core.hardware.facts import Card, Fact, MachineFacts, unknown
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.capacity import (
    capacity_of,
    parse_chip,
    parse_machine,
    simulated,
)
from mux_tui.core.machine.choice import choose, plan_choice
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.measured import Measured
from mux_tui.core.machine.overview import rows_of
from mux_tui.core.machine.report import fact_lines, report

CATALOGUE = read_catalogue()
NINE = "mlx-community/Qwen3.5-9B-4bit"
HERE = Installed(NINE, Path("/m/nine"), 6 * GIB, "hub cache", "/m/nine")
OWN = Installed("strange", Path("/m/strange"), GIB, "mux", "strange")
MAC = MachineFacts(
    system="macos",
    chip=Chip(3, "Max"),
    gpu_cores=Fact(40),
    ram=Fact(36 * GIB),
    working_set=Fact(27 * GIB),
    bandwidth=Fact(400.0),
    accelerated=True,
)


def test_what_is_here_stands_first_and_what_does_not_fit_last() -> None:
    rows = rows_of(CATALOGUE, capacity_of(MAC), [OWN, HERE], served=OWN.directory)
    assert [row.id for row in rows[:2]] == ["strange", NINE]
    assert rows[0].served
    assert [row.id for row in rows].count(NINE) == 1
    words = [row.fit.word for row in rows[2:] if row.fit]
    assert "no" not in words[: words.index("no")]
    assert set(words[words.index("no") :]) == {"no"}


def test_the_size_on_disk_counts_more_than_the_table_s() -> None:
    rows = rows_of(CATALOGUE, capacity_of(MAC), [HERE])
    assert rows[0].model
    assert rows[0].model.bytes == 6 * GIB
    assert "bytes" not in rows[0].model.estimated
    assert rows[0].known


def test_a_model_of_which_nothing_is_known_says_so() -> None:
    (row, *_) = rows_of(CATALOGUE, capacity_of(MAC), [OWN])
    assert (row.model, row.fit, row.known) == (None, None, False)
    assert row.expected.why == "its files do not tell enough"


def test_measurements_stand_with_the_model_they_were_made_of() -> None:
    asked: list[str] = []

    def remembered(name: str) -> Measured:
        asked.append(name)
        return Measured(512.0, 40.0)

    (row, *rest) = rows_of(CATALOGUE, capacity_of(MAC), [HERE], remembered=remembered)
    assert (asked, row.measured.reading) == (["nine"], 512.0)
    assert all(other.measured == Measured() for other in rest)


def test_the_recommended_one_is_marked() -> None:
    rows = rows_of(CATALOGUE, capacity_of(MAC), [HERE], recommended=NINE)
    assert [row.id for row in rows if row.recommended] == [NINE]


def test_a_linux_machine_computes_on_its_processor() -> None:
    linux = MachineFacts(system="linux", ram=Fact(32 * GIB))
    assert capacity_of(linux).on_processor
    assert not capacity_of(replace(linux, accelerated=True)).on_processor
    assert capacity_of(MachineFacts(system="other")).ram == 0


CARDS = Fact((Card("NVIDIA L4", 24 * GIB), Card("NVIDIA T4", 16 * GIB)))


def test_cards_count_together_for_other_servers_and_one_for_mlx() -> None:
    linux = MachineFacts(system="linux", ram=Fact(64 * GIB), cards=CARDS)
    assert capacity_of(linux).cards == 40 * GIB
    assert capacity_of(linux).budget == budget_of(64 * GIB)
    on_card = capacity_of(replace(linux, accelerated=True)).budget
    assert on_card == budget_of_card(24 * GIB)


def test_a_mac_whose_mlx_does_not_start_is_taken_for_a_usual_one() -> None:
    silent = replace(MAC, working_set=unknown("MLX is not installed"))
    budget = capacity_of(silent).budget
    assert budget.estimated
    assert round(budget.bytes / 1e9, 2) == 30.15
    limited = replace(silent, wired_limit=Fact(20 * GIB))
    assert capacity_of(limited).budget.bytes == 20 * GIB


def test_a_mac_s_capacity_is_what_it_tells() -> None:
    capacity = capacity_of(MAC)
    assert capacity.budget.bytes == 27 * GIB
    assert capacity.gflops == 40 * 360
    assert not capacity.on_processor


@pytest.mark.parametrize(
    ("text", "memory", "chip"),
    [
        ("64", 64, None),
        (" 64 GB ", 64, None),
        ("128gib", 128, None),
        ("128 m4 max", 128, Chip(4, "Max")),
        ("16 GB Apple M2", 16, Chip(2)),
    ],
)
def test_a_machine_as_a_person_writes_it(
    text: str, memory: int, chip: Chip | None
) -> None:
    assert parse_machine(text) == (memory, chip)


@pytest.mark.parametrize("text", ["", "0", "much", "99999", "64 Pentium", "-5", "6.5"])
def test_what_is_no_machine_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_machine(text)
    assert caught.value.next_step
    assert "\x1b" not in str(caught.value)


def test_a_named_chip_is_taken_at_its_best() -> None:
    capacity = simulated(128, parse_chip("m4 max"))
    assert capacity.bandwidth == 546
    assert simulated(64, parse_chip("M9")).bandwidth is None


def test_a_chip_with_little_memory_is_the_one_that_was_sold_with_it() -> None:
    assert simulated(36, parse_chip("M4 Max")).bandwidth == 410
    assert simulated(36, parse_chip("M5 Max")).bandwidth == 460
    assert simulated(16, parse_chip("M6")).bandwidth == 153
    assert simulated(24, parse_chip("M6")).bandwidth == 170


def test_choosing_a_model_writes_one_setting_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\n[server]\nport = 5000  # this one\n")
    plan = plan_choice(Settings(), file, HERE)
    assert (plan.key, plan.before, plan.after) == (
        "providers.local.model",
        "",
        "/m/nine",
    )
    assert "model" not in file.read_text(), "planning writes nothing"
    change = choose(plan)
    assert change.after == "/m/nine"
    text = file.read_text()
    assert text.startswith("# mine\n[server]\nport = 5000  # this one\n")
    assert 'model = "/m/nine"' in text


def test_a_broken_settings_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server\n")
    with pytest.raises(ConfigError):
        choose(plan_choice(Settings(), file, HERE))
    assert file.read_text() == "[server\n"


def test_somebody_else_s_server_chooses_for_itself(tmp_path: Path) -> None:
    local = LocalProvider(base_url="http://127.0.0.1:11434/v1")
    with pytest.raises(UsageError, match="not by mux"):
        plan_choice(Settings(providers=Providers(local)), tmp_path / "c", HERE)


def test_unknown_facts_are_said_with_their_reason() -> None:
    lines = fact_lines(MAC, capacity_of(MAC))
    assert ("chip", "unknown: not asked", "") in lines
    assert ("bandwidth", "400 GB/s", "") in lines


def test_a_translated_python_is_said_in_the_report() -> None:
    lines = fact_lines(replace(MAC, translated=True), capacity_of(MAC))
    ((_, text, _),) = (line for line in lines if line[0] == "python")
    assert "arm64" in text


def test_a_report_holds_what_matters_and_no_path() -> None:
    facts = replace(MAC, disk_free=Fact(GIB, "at /home/ada/.cache/mux"))
    capacity = Capacity(36 * GIB, budget_of(36 * GIB, 27 * GIB), 400, 14_400)
    now = Sample(0.0, 36 * GIB, 20 * GIB, 0, GIB, 12.0, "normal", wired=5 * GIB)
    text = report(
        facts, capacity, now, "sysctl", rows_of(CATALOGUE, capacity, [HERE, OWN])
    )
    assert "/home/ada" not in text
    assert "16.0 GiB of 36.0 GiB" in text
    assert "fits with 32k of context" in text
    assert "strange, fit unknown, on disk" in text
