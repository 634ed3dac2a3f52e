"""The models on a disk, and what their files tell."""

import os
from pathlib import Path

import pytest

from mux_tui.core.config.settings import LocalProvider, Providers, Settings
from mux_tui.core.machine.installed import hub_cache, installed_models
from mux_tui.core.model_server.shape import shape_of
from mux_tui.core.paths import Paths
from tests.core.machine.files import DENSE, write_cached, write_model


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


def choosing(model: str) -> Settings:
    return Settings(providers=Providers(local=LocalProvider(model=model)))


def test_a_bare_machine_has_none(paths: Paths, tmp_path: Path) -> None:
    variables = {"HOME": str(tmp_path)}
    assert installed_models(Settings(), paths, variables) == ()


def test_all_places_are_looked_at(paths: Paths, tmp_path: Path) -> None:
    write_model(paths.models / "mine-4bit")
    cache = tmp_path / ".cache/huggingface/hub"
    snapshot = write_cached(cache, "mlx-community/Qwen3.5-9B-4bit")
    far = write_model(tmp_path / "far/away")
    found = installed_models(choosing(str(far)), paths, {"HOME": str(tmp_path)})
    assert [(one.id, one.where, one.configured) for one in found] == [
        ("mine-4bit", "mux", False),
        ("mlx-community/Qwen3.5-9B-4bit", "hub cache", False),
        ("away", "elsewhere", True),
    ]
    assert [one.setting for one in found] == ["mine-4bit", str(snapshot), str(far)]
    assert all(one.bytes > 0 and one.shape for one in found)


def test_a_model_in_two_places_is_told_once(paths: Paths) -> None:
    directory = write_model(paths.models / "mine")
    (one,) = installed_models(choosing("mine"), paths, {"HOME": "/nowhere"})
    assert one.directory == directory.resolve()
    assert one.configured


def test_the_cache_is_where_its_variables_say(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert hub_cache(home) == tmp_path / ".cache/huggingface/hub"
    assert hub_cache(home | {"XDG_CACHE_HOME": "/x"}) == Path("/x/huggingface/hub")
    assert hub_cache(home | {"HF_HOME": "/h"}) == Path("/h/hub")
    assert hub_cache(home | {"HF_HOME": "/h", "HF_HUB_CACHE": "/c"}) == Path("/c")


def test_half_a_download_is_no_model(paths: Paths, tmp_path: Path) -> None:
    broken = write_model(paths.models / "broken")
    (broken / "model.safetensors").unlink()
    (paths.models / "empty").mkdir()
    (paths.models / ".work").mkdir()
    (paths.models / "file").write_text("x")
    cache = tmp_path / "hub"
    dangling = write_cached(cache, "a/b")
    (dangling / "model.safetensors").unlink()
    (dangling / "model.safetensors").symlink_to(tmp_path / "gone")
    variables = {"HF_HUB_CACHE": str(cache)}
    assert installed_models(Settings(), paths, variables) == ()


def test_without_a_main_the_newest_snapshot_counts(
    paths: Paths, tmp_path: Path
) -> None:
    cache = tmp_path / "hub"
    old = write_cached(cache, "a/b", "old")
    new = write_model(old.parent / "new")
    os.utime(old, (1, 1))
    (old.parents[1] / "refs/main").write_text("../../../etc")
    (one,) = installed_models(Settings(), paths, {"HF_HUB_CACHE": str(cache)})
    assert one.directory == new.resolve()


def test_odd_names_are_safe_to_show(paths: Paths) -> None:
    write_model(paths.models / "odd\x1b[31m[red]")
    (one,) = installed_models(Settings(), paths, {"HOME": "/nowhere"})
    assert "\x1b" not in one.id
    assert one.shape
    assert "\x1b" not in one.shape.name


def test_a_dense_model_tells_its_shape(tmp_path: Path) -> None:
    shape = shape_of(write_model(tmp_path / "m", billions=7.6), "m", 4_000_000_000)
    assert shape
    assert (shape.layers, shape.kv_layers, shape.kv_heads) == (28, 28, 4)
    assert (shape.head_dim, shape.bits, shape.context) == (128, 4, 32_768)
    assert (shape.parameters, shape.active, shape.origin) == (7.6, 7.6, "files")


def test_a_model_that_sees_tells_it_for_its_text(tmp_path: Path) -> None:
    text = {key: value for key, value in DENSE.items() if key != "model_type"}
    config = {"model_type": "qwen3_5", "text_config": text}
    shape = shape_of(write_model(tmp_path / "m", config), "m", 1)
    assert shape
    assert (shape.kv_layers, shape.bits) == (28, 16)


def test_layers_that_keep_a_running_state_remember_nothing(tmp_path: Path) -> None:
    kinds = ["linear_attention"] * 3 + ["full_attention"]
    by_name = DENSE | {"layer_types": kinds * 7}
    by_interval = DENSE | {"full_attention_interval": 4}
    for number, config in enumerate((by_name, by_interval)):
        shape = shape_of(write_model(tmp_path / str(number), config), "m", 1)
        assert shape
        assert shape.kv_layers == 7


def test_windowed_layers_are_told_apart(tmp_path: Path) -> None:
    kinds = ["sliding_attention", "full_attention"] * 14
    config = DENSE | {"layer_types": kinds, "sliding_window": 128}
    shape = shape_of(write_model(tmp_path / "m", config), "m", 1)
    assert shape
    assert (shape.kv_layers, shape.window_layers, shape.window) == (14, 14, 128)


def test_a_memory_that_all_heads_share_is_told_apart(tmp_path: Path) -> None:
    config = DENSE | {"kv_lora_rank": 512, "qk_rope_head_dim": 64}
    shape = shape_of(write_model(tmp_path / "m", config), "m", 1)
    assert shape
    assert shape.kv_bytes_per_token == 28 * (512 + 64) * 2


def test_layers_that_see_everything_may_have_other_heads(tmp_path: Path) -> None:
    config = DENSE | {
        "layer_types": ["sliding_attention"] * 24 + ["full_attention"] * 4,
        "sliding_window": 1024,
        "num_global_key_value_heads": 2,
        "global_head_dim": 512,
    }
    shape = shape_of(write_model(tmp_path / "m", config), "m", 1)
    assert shape
    assert shape.kv_bytes_per_token == 4 * 2 * 2 * 512 * 2
    assert shape.kv_bytes(1024) - shape.kv_bytes(0) == (
        4 * 2 * 2 * 512 * 2 * 1024 + 24 * 2 * 4 * 128 * 2 * 1024
    )


def test_of_experts_only_those_that_are_asked_count(tmp_path: Path) -> None:
    """The shape of a model of 30.5 billion, of which 3.3 are used."""
    config = {
        "hidden_size": 2048,
        "num_hidden_layers": 48,
        "num_attention_heads": 32,
        "num_key_value_heads": 4,
        "head_dim": 128,
        "max_position_embeddings": 262_144,
        "num_experts": 128,
        "num_experts_per_tok": 8,
        "moe_intermediate_size": 768,
    }
    shape = shape_of(write_model(tmp_path / "m", config, 30.5), "m", 1)
    assert shape
    assert 3.2 < shape.active < 3.5


@pytest.mark.parametrize(
    "change",
    [
        {"num_hidden_layers": 0},
        {"num_hidden_layers": "28"},
        {"num_key_value_heads": None, "num_attention_heads": -3},
        {"hidden_size": 1e300},
        {"max_position_embeddings": 10**30},
    ],
)
def test_odd_numbers_are_no_shape(change: dict[str, object], tmp_path: Path) -> None:
    assert shape_of(write_model(tmp_path / "m", DENSE | change), "m", 1) is None


def test_a_configuration_that_is_none_is_no_shape(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "m")
    (directory / "config.json").write_text("[" * 100_000)
    assert shape_of(directory, "m", 1) is None
