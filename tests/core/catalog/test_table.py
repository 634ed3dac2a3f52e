"""The shipped table is right, and the user's is checked before it counts."""

from importlib.resources import files
from pathlib import Path

import pytest

from mux_tui.core.catalog.check import models_of
from mux_tui.core.catalog.model import CatalogModel, Score, Seen
from mux_tui.core.catalog.table import read_catalogue, shipped_models
from mux_tui.core.weights.starter import STARTER

ENTRY = """\
[[model]]
id = "me/My-Model-4bit"
bytes = 5000000000
parameters = 8.5
layers = 36
kv_heads = 8
head_dim = 128
context = 40960
rank = 99
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text)
    return path


def named(id: str) -> CatalogModel:
    return next(model for model in shipped_models() if model.id.endswith(id))


def test_every_number_of_a_shipped_model_has_a_source_or_is_marked() -> None:
    for model in shipped_models():
        assert set(model.sources) >= {"bytes", "shape"}, model.id
        rounded = model.bytes % 10_000_000 == 0
        assert not rounded or "bytes" in model.estimated, model.id


def test_weights_agree_with_parameters_and_bits() -> None:
    """A typing error of a digit would make a model of another size."""
    for model in shipped_models():
        bits = model.bytes * 8 / (model.parameters * 1e9)
        assert 0.9 * model.bits <= bits <= 1.35 * model.bits, model.id


def test_who_can_be_recommended_has_a_parser_that_mlx_lm_ships() -> None:
    """A name of a parser that is not there would leave tool calls as text."""
    folder = files("mlx_lm") / "tool_parsers"
    parsers = {file.name.removesuffix(".py") for file in folder.iterdir()}
    for model in shipped_models():
        assert not model.tools or model.tools in parsers, model.id


def test_scores_and_speeds_have_a_source_and_make_sense() -> None:
    scored = [model for model in shipped_models() if model.scores]
    assert len(scored) >= 15
    for model in shipped_models():
        for score in model.scores:
            assert score.source, model.id
            assert score.by in ("vendor", "independent"), model.id
        for seen in model.seen:
            assert seen.source, model.id
            assert seen.machine, model.id
            assert seen.reading or seen.writing, model.id


def test_the_same_model_in_more_bits_has_the_same_shape() -> None:
    for eight in shipped_models():
        four = eight.id.replace("8bit", "4bit")
        for other in shipped_models():
            if other.id == four and other is not eight:
                assert other.kv_bytes_per_token == eight.kv_bytes_per_token
                assert other.rank < eight.rank


@pytest.mark.parametrize(
    ("id", "layers", "tensors"),
    [
        ("Qwen2.5-Coder-7B-Instruct-4bit", 28, 7_615_616_512),
        ("Qwen2.5-Coder-14B-Instruct-4bit", 48, 14_770_033_664),
        ("Qwen2.5-Coder-32B-Instruct-4bit", 64, 32_763_876_352),
    ],
)
def test_computed_bytes_are_computed_right(id: str, layers: int, tensors: int) -> None:
    """Groups of 64 weights in 4 bits, each with two 16-bit numbers; the rest in 16."""
    model = named(id)
    hidden = {28: 3584, 48: 5120, 64: 5120}[layers]
    biases = layers * (hidden + 2 * model.kv_heads * model.head_dim)
    plain = (2 * layers + 1) * hidden + biases
    assert model.bytes == (tensors - plain) * 36 // 64 + 2 * plain


def test_the_starter_s_row_is_the_starter() -> None:
    row = next(model for model in shipped_models() if model.starter)
    assert row.id == STARTER.id
    assert row.bytes == STARTER.parameters * 4
    assert row.licence == STARTER.licence


@pytest.mark.parametrize(
    ("id", "gibibytes"),
    [
        ("Qwen2.5-Coder-7B-Instruct-4bit", 8),
        ("Qwen2.5-Coder-14B-Instruct-4bit", 16),
        ("Qwen3-Coder-30B-A3B-Instruct-4bit", 32),
        ("Qwen3-Coder-Next-4bit", 64),
        ("Qwen3-Coder-Next-8bit", 128),
    ],
)
def test_what_earlier_tools_recommended_is_still_listed(
    id: str, gibibytes: int
) -> None:
    assert named(id).classic == gibibytes


def test_what_the_server_cannot_use_for_tools_is_never_recommended() -> None:
    for model in shipped_models():
        assert model.tools or not model.rank, model.id


def test_a_user_s_model_stands_among_the_others_by_its_rank(tmp_path: Path) -> None:
    found = read_catalogue(written(tmp_path, ENTRY))
    assert found.problems == ()
    first = found.models[0]
    assert (first.id, first.origin) == ("me/My-Model-4bit", "yours")
    assert (first.name, first.active, first.kv_layers) == ("My-Model-4bit", 8.5, 36)
    assert len(found.models) == len(shipped_models()) + 1


def test_a_user_s_entry_replaces_a_shipped_one(tmp_path: Path) -> None:
    shipped = shipped_models()[5].id
    text = ENTRY.replace("me/My-Model-4bit", shipped)
    found = read_catalogue(written(tmp_path, text))
    assert len(found.models) == len(shipped_models())
    entry = found.find(shipped)
    assert entry
    assert entry.bytes == 5_000_000_000


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path / "models.toml").problems == ()


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ("kv_heads = 8", "kv_heads is missing"),
        ("bytes = 5000000000 -> bytes = 0", "bytes must be a whole number from 1"),
        ('bytes = 5000000000 -> bytes = "5 GB"', "bytes must be a whole number"),
        ("rank = 99 -> rank = true", "rank must be a whole number"),
        ("rank = 99 -> rnak = 99", "unknown key rnak, nearest is rank"),
        ("parameters = 8.5 -> parameters = nan", "parameters must be a number"),
        ("rank = 99 -> active = 9.0", "active must not be more than parameters"),
        ("rank = 99 -> kv_layers = 40", "must not be more than layers"),
        ("rank = 99 -> window_layers = 4", "window_layers needs window"),
        ("rank = 99 -> starter = 1", "starter must be true or false"),
        ('rank = 99 -> estimated = ["size"]', "estimated must be a list of bytes"),
        ("rank = 99 -> estimated = 1", "estimated must be a list of bytes"),
        ("rank = 99 -> sources = {bytes = 1}", "sources must be a table of texts"),
        ("rank = 99 -> sources = 1", "sources must be a table of texts"),
        ('rank = 99 -> note = ""', "note must be a text"),
        ("rank = 99 -> kv_width = -1", "kv_width must be a whole number"),
        ("bytes = 5000000000 -> bytes = 1" + "0" * 400, "bytes must be a whole number"),
        ("parameters = 8.5 -> parameters = inf", "parameters must be a number"),
        ("rank = 99 -> scores = 1", "scores must be a list of at most 20 tables"),
        ("rank = 99 -> scores = [{}]", "a score needs test, percent, source and by"),
        ("rank = 99 -> seen = [7]", "seen must be a list of at most 20 tables"),
        ('rank = 99 -> seen = [{machine = "M4"}]', "a speed needs machine, source"),
        (
            'rank = 99 -> seen = [{machine = 4, writing = 5, source = "s"}]',
            "machine must be a text",
        ),
        (
            'rank = 99 -> seen = [{machine = "M4", writing = nan, source = "s"}]',
            "a speed needs machine",
        ),
        ('"me/My-Model-4bit" -> "../../etc"', "id must be a repository"),
        ('"me/My-Model-4bit" -> "a/b/c"', "id must be a repository"),
    ],
)
def test_a_wrong_entry_is_told_and_left_out(
    change: str, clause: str, tmp_path: Path
) -> None:
    before, _, after = change.partition(" -> ")
    path = written(tmp_path, ENTRY.replace(before, after) + ENTRY)
    found = read_catalogue(path)
    (problem,) = found.problems
    assert problem.startswith(f"{path}: model 1")
    assert clause in problem
    assert "; " in problem, "what to do instead is told"
    assert found.find("me/My-Model-4bit"), "the second entry counts"


def test_a_wrong_entry_is_told_in_one_line_with_a_way_on(tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY.replace("kv_heads = 8\n", ""))
    assert read_catalogue(path).problems == (
        f"{path}: model 1 (me/My-Model-4bit): kv_heads is missing; write kv_heads = 8",
    )


def test_a_user_s_scores_and_speeds_are_kept(tmp_path: Path) -> None:
    text = (
        ENTRY
        + """
[[model.scores]]
test = "My tasks"
percent = 62.5
by = "independent"
source = "mine"
[[model.seen]]
machine = "M4 Max"
writing = 55
source = "mine"
"""
    )
    found = read_catalogue(written(tmp_path, text))
    assert found.problems == ()
    assert found.models[0].scores == (Score("My tasks", 62.5, "independent", "mine"),)
    assert found.models[0].seen == (Seen("M4 Max", "mine", None, 55.0),)


def test_what_is_no_table_of_models_is_told(tmp_path: Path) -> None:
    for text, clause in (
        ("model = 1\n", "must be a list of tables"),
        ("models = []\n", "unknown key models; entries are called [[model]]"),
        ("[[model]\n", "is not TOML"),
    ):
        (problem,) = read_catalogue(written(tmp_path, text)).problems
        assert clause in problem


def test_a_hostile_table_is_bounded_and_safe_to_show() -> None:
    entry = {"id": "a/b", "name": "\x1b]52;c;x\x07[/b]"}
    _, problems = models_of({"model": [entry] * 600}, "yours")
    assert len(problems) == 501
    assert not any("\x1b" in problem for problem in problems)
    models, _ = models_of(
        {"model": [_numbers() | {"id": "a/b", "name": "\x1b[31mred"}]}, "yours"
    )
    assert "\x1b" not in models[0].name


def _numbers() -> dict[str, object]:
    return {
        "bytes": 5,
        "parameters": 1,
        "layers": 2,
        "kv_heads": 1,
        "head_dim": 64,
        "context": 4096,
    }


def test_a_directory_named_like_a_model_is_that_model() -> None:
    found = read_catalogue().find("qwen3-coder-next-4bit")
    assert found
    assert found.id == "mlx-community/Qwen3-Coder-Next-4bit"
    assert read_catalogue().find("nobody/Nothing") is None
