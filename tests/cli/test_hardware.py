"""`mux hardware` and `mux models` as processes."""

from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.core.machine.files import write_model


def test_the_machine_is_told_with_the_source_of_each_value(world: World) -> None:
    text = world.mux("hardware")
    assert (text.code, text.err) == (0, "")
    for name in ("system", "chip", "memory", "for a model", "pressure", "mlx"):
        assert any(line.startswith(name) for line in text.out.splitlines()), name
    document = world.mux("hardware", "--json").document
    assert document["schema"] == "mux.hardware/1"
    assert document["facts"]["ram"]["value"] > 0
    assert document["facts"]["ram"]["source"]
    assert document["now"]["pressure"] in ("normal", "warning", "critical", "unknown")
    for name in ("os", "cpu", "gpu", "bandwidth", "power", "mlx"):
        fact = document["facts"][name]
        assert fact["value"] is not None or fact["why"], name


def test_a_machine_without_models_says_how_to_have_one(world: World) -> None:
    assert "mux setup --starter" in world.mux("models", "list").out
    document = world.mux("models", "list", "--json").document
    assert document == {"schema": "mux.models.list/1", "models": []}


def test_the_models_on_disk_are_listed(world: World) -> None:
    models = world.home / "mux/cache/models"
    write_model(models / "mine-4bit")
    world.variables["MUX_PROVIDERS_LOCAL_MODEL"] = "mine-4bit"
    assert "● mine-4bit" in world.mux("models", "list").out
    (model,) = world.mux("models", "list", "--json").document["models"]
    assert (model["id"], model["where"], model["configured"]) == (
        "mine-4bit",
        "mux",
        True,
    )


def test_another_mac_is_simulated(world: World) -> None:
    ended = world.mux("models", "fit", "--memory", "36", "--chip", "m3 max", "--json")
    document = ended.document
    assert document["schema"] == "mux.models.fit/1"
    assert document["recommendation"]["id"].endswith("Qwen3.6-35B-A3B-4bit")
    assert document["capacity"]["budget"]["estimated"]
    marked = [row["id"] for row in document["models"] if row["recommended"]]
    assert marked == [document["recommendation"]["id"]]
    text = world.mux("models", "fit", "--memory", "36", "--chip", "m3 max").out
    assert "★ Qwen3.6-35B-A3B-4bit" in text
    assert "fits with 32k of context" in text


def test_less_context_lets_more_models_fit(world: World) -> None:
    def fitting(context: str) -> int:
        ended = world.mux(
            "models", "fit", "--memory", "24", "--context", context, "--json"
        )
        words = [row["fit"]["word"] for row in ended.document["models"]]
        return len(words) - words.count("no")

    assert fitting("4k") > fitting("128k")


def test_a_broken_table_of_the_user_s_is_told_and_the_rest_counts(
    world: World,
) -> None:
    file = Path(world.home / "mux/config/models.toml")
    file.parent.mkdir(parents=True)
    file.write_text('[[model]]\nid = "a/b"\n')
    ended = world.mux("models", "fit", "--memory", "16", "--json")
    assert ended.code == 0
    assert "model 1 (a/b): bytes is missing" in ended.err
    assert ended.document["models"]


@pytest.mark.parametrize(
    ("arguments", "clause"),
    [
        (("--memory", "0"), "from 1 to 4096"),
        (("--memory", "lots"), "from 1 to 4096"),
        (("--context", "12"), "such as 8192 or 32k"),
        (("--memory", "16", "--chip", "Pentium"), "one of Apple's M chips"),
    ],
)
def test_bad_values_are_one_line(
    arguments: tuple[str, ...], clause: str, world: World
) -> None:
    ended = world.mux("models", "fit", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert clause in ended.err
    assert len(ended.err.splitlines()) == 1
