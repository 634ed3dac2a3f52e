"""Which model to take on a machine, and what else there is."""

from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.catalog.sizes import GIB
from mux_tui.core.catalog.table import read_catalogue
from mux_tui.core.hardware import linux, macos
from mux_tui.core.hardware.facts import Fact, MachineFacts
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.machine.advice import MOST_ALTERNATIVES, recommend
from mux_tui.core.machine.installed import Installed
from mux_tui.core.machine.measured import NOT_MEASURED, Measured
from tests.core.hardware import recorded
from tests.core.hardware.recorded import MACS, RecordedMac, linux_root, playing

CODER = "mlx-community/Qwen3-Coder-30B-A3B-Instruct-4bit"
HERE = Installed(CODER, Path("/m/coder"), 17_180_913_664, "hub cache", "/m/coder")


async def of(mac: RecordedMac) -> MachineFacts:
    facts = await macos.read(mac.ask, "python3")
    return replace(facts, disk_free=Fact(60 * GIB, "at /models"))


@pytest.mark.parametrize("mac", MACS, ids=lambda mac: f"{mac.chip} {mac.gibibytes}")
async def test_every_mac_is_told_one_and_alternatives(mac: RecordedMac) -> None:
    advice = recommend(await of(mac))
    best = advice.best
    assert best
    assert best.fit.need.total <= mac.working_set
    assert best.fit_text.startswith(("fits", "tight"))
    assert best.why == advice.sentence
    assert 1 <= len(advice.alternatives) <= MOST_ALTERNATIVES
    ids = [one.model.id for one in (best, *advice.alternatives)]
    assert len(set(ids)) == len(ids)
    for one in advice.alternatives:
        assert one.why
        assert one.fit.word != "no"
    assert advice.alternatives[-1].model.starter
    assert advice.elsewhere is None


async def test_what_an_option_costs_is_told() -> None:
    advice = recommend(await of(recorded.M4_PRO_48))
    best = advice.best
    assert best
    assert best.id == "mlx-community/Qwen3.6-35B-A3B-4bit"
    assert best.download_bytes == best.disk_bytes == 20_401_929_952
    assert not best.download_estimated
    assert best.enough_disk
    assert best.fit_text == "fits with 32k of context"
    assert best.speed_text.startswith("reads ~")
    assert ", writes ~" in best.speed_text


async def test_too_little_disk_is_told_and_an_unknown_one_is_not_guessed() -> None:
    facts = await of(recorded.M4_PRO_48)
    for free, enough in ((Fact(GIB), False), (Fact[int](None, why="gone"), None)):
        best = recommend(replace(facts, disk_free=free)).best
        assert best
        assert best.enough_disk is enough


async def test_what_is_on_the_disk_comes_first_and_costs_no_download() -> None:
    advice = recommend(
        await of(recorded.M4_PRO_48),
        installed=[HERE],
        remembered=lambda name: (
            Measured(801.4, 66.0) if name == "coder" else NOT_MEASURED
        ),
    )
    first = advice.alternatives[0]
    assert first.installed == HERE
    assert (first.download_bytes, first.enough_disk) == (0, True)
    assert first.disk_bytes == HERE.bytes
    assert first.why.startswith("on this disk already; ")
    assert first.speed_text == "reads 801/s, writes 66/s"


async def test_the_size_on_the_disk_counts() -> None:
    """A directory that is named like a model, and is twice as large."""
    name = "mlx-community/Qwen3.6-35B-A3B-4bit"
    large = Installed(name, Path("/m/large"), 40_000_000_000, "hub cache", "/m/large")
    best = recommend(await of(recorded.M4_PRO_48), installed=[large]).best
    assert best
    assert best.model.id != name


async def test_differences_are_told_in_words() -> None:
    advice = recommend(await of(recorded.M4_PRO_48))
    words = {one.model.name: one.why for one in advice.alternatives}
    assert "writes slower" in words["Qwen3.8 27B"] or "slow" in words["Qwen3.8 27B"]
    assert all("weaker at coding" in why for why in list(words.values())[:-1])
    assert list(words.values())[-1] == "to try mux with, not to code with"


async def test_a_better_model_that_is_tight_is_an_alternative() -> None:
    advice = recommend(await of(recorded.M1_MAX_64))
    best = advice.best
    assert best
    tight = next(one for one in advice.alternatives if one.fit.word == "tight")
    assert tight.model.rank > best.model.rank
    assert "leaves little memory" in tight.why
    assert "better at coding" in tight.why


async def test_on_linux_it_is_the_starter_and_what_else_could_serve(
    tmp_path: Path,
) -> None:
    ask = playing({"nvidia-smi": recorded.RTX_4090})
    memory = Memory(64 * GIB, 60 * GIB)
    facts = await linux.read(ask, "python3", memory, linux_root(tmp_path))
    advice = recommend(facts)
    assert advice.best
    assert advice.best.model.starter
    assert advice.alternatives == ()
    assert advice.elsewhere
    assert advice.elsewhere.on_card
    assert advice.elsewhere.sentence in advice.sentence


def test_a_machine_of_which_nothing_is_known_is_told_nothing_fits() -> None:
    advice = recommend(MachineFacts(system="other"))
    assert advice.best is None
    assert advice.alternatives == ()
    assert advice.sentence.startswith("nothing")


async def test_a_user_s_model_can_be_the_one(tmp_path: Path) -> None:
    table = tmp_path / "models.toml"
    table.write_text(
        "[[model]]\nid = 'me/Mine-4bit'\nbytes = 5000000000\nparameters = 8.5\n"
        "layers = 36\nkv_heads = 8\nhead_dim = 128\ncontext = 40960\nrank = 99\n"
    )
    advice = recommend(await of(recorded.M4_PRO_48), read_catalogue(table))
    assert advice.best
    assert advice.best.id == "me/Mine-4bit"
