"""What a model's files tell, and what hostile ones cannot do."""

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.local_model.reading_speed import (
    MODELS_KEPT,
    SAMPLES_KEPT,
    known_speed,
    remember_speed,
)
from mux_tui.core.local_model.traits import (
    TOOL_MARKS,
    WHOLE_CACHE,
    FileTraits,
    read_traits,
)
from mux_tui.core.paths import Paths
from mux_tui.core.proxy.traits import traits_of

HERMES = "{% if tools %}<tool_call>{{ tool_call.name }}</tool_call>{% endif %}"


def model(directory: Path, config: dict[str, Any] | None = None, **files: Any) -> Path:
    """Write a model's small files; `tokenizer_config={...}` and the like by stem."""
    (directory / "config.json").write_text(
        json.dumps({"model_type": "qwen3"} | (config or {}))
    )
    for stem, content in files.items():
        (directory / f"{stem}.json").write_text(json.dumps(content))
    return directory


def weights(path: Path, tensors: dict[str, tuple[str, list[int]]]) -> None:
    """Write the header of a weight file, and nothing behind it."""
    header = {n: {"dtype": d, "shape": s} for n, (d, s) in tensors.items()}
    data = json.dumps({"__metadata__": {"format": "mlx"}} | header).encode()
    path.write_bytes(len(data).to_bytes(8, "little") + data)


def mlx_lm_models() -> dict[str, str]:
    """The source of each kind of model that the installed server knows."""
    spec = importlib.util.find_spec("mlx_lm")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "models"
    return {path.stem: path.read_text() for path in folder.glob("*.py")}


def test_the_template_tells_of_tools_and_of_thinking(tmp_path: Path) -> None:
    template = HERMES + "{% if enable_thinking is false %}{% endif %}"
    found = read_traits(model(tmp_path, tokenizer_config={"chat_template": template}))

    assert found == FileTraits(None, True, True, True, False)


@pytest.mark.parametrize("marks", TOOL_MARKS, ids=" ".join)
def test_each_language_of_tool_calls_is_known(
    tmp_path: Path, marks: tuple[str, ...]
) -> None:
    (tmp_path / "chat_template.jinja").write_text("{{ tools }}" + " … ".join(marks))

    assert read_traits(tmp_path).native_tools


def test_the_marks_are_those_the_installed_server_looks_for() -> None:
    spec = importlib.util.find_spec("mlx_lm")
    assert spec is not None
    assert spec.submodule_search_locations
    source = (
        Path(spec.submodule_search_locations[0]) / "tokenizer_utils.py"
    ).read_text()
    rule = re.search(r"def _infer_tool_parser.*?return None", source, re.DOTALL)
    assert rule is not None
    looked_for = re.findall(
        r"""(?:"([^"\n]+)"|'([^'\n]+)') in chat_template""", rule[0]
    )
    marks = {one or other for one, other in looked_for}

    ours = {
        mark.replace("\\", "\\\\").replace("\n", "\\n")
        for m in TOOL_MARKS
        for mark in m
    }
    assert ours == marks


def test_a_template_in_parts_gives_no_tools(tmp_path: Path) -> None:
    parts = [{"name": "default", "template": HERMES}]
    found = read_traits(model(tmp_path, tokenizer_config={"chat_template": parts}))

    assert not found.native_tools


def test_tokens_that_the_template_does_not_name_count(tmp_path: Path) -> None:
    vocabulary = {"<|tool_call_start|>": 1, "<|tool_call_end|>": 2}

    assert read_traits(model(tmp_path, tokenizer={"v": vocabulary})).native_tools


@pytest.mark.parametrize(
    ("config", "trimmable"),
    [
        ({"model_type": "llama"}, True),
        ({"model_type": "qwen3_moe"}, True),
        ({"model_type": "qwen3_next"}, False),
        ({"model_type": "gpt_oss"}, False),
        ({"model_type": "llama", "layer_types": ["sliding_attention"]}, False),
        ({"model_type": "mistral3", "text_config": {"model_type": "mamba"}}, False),
        ({"model_type": ""}, False),
        ({"model_type": 7, "layer_types": 7, "text_config": []}, False),
    ],
)
def test_the_kind_of_model_tells_what_its_cache_can_do(
    tmp_path: Path, config: dict[str, Any], trimmable: bool
) -> None:
    assert read_traits(model(tmp_path, config)).trimmable_cache is trimmable


def test_every_kind_whose_cache_is_whole_is_listed() -> None:
    """Kinds that build such a cache by themselves; the rest of the list borrow one."""
    listed_by_layers = {"llama", "ministral3", "cache"}
    own = {
        name
        for name, source in mlx_lm_models().items()
        if re.search(r"\b(Rotating|Arrays|Layer)(KV)?Cache\(", source)
    }

    assert own - listed_by_layers <= WHOLE_CACHE


def test_parameters_are_counted_in_the_headers(tmp_path: Path) -> None:
    weights(tmp_path / "a.safetensors", {"x.weight": ("F32", [1000, 2000])})
    weights(tmp_path / "b.safetensors", {"y.weight": ("BF16", [3_000_000])})

    assert read_traits(model(tmp_path)).parameters == 0.005


def test_packed_weights_are_counted_unpacked(tmp_path: Path) -> None:
    tensors = {
        "x.weight": ("U32", [1000, 256]),
        "x.scales": ("F16", [1000, 32]),
        "x.biases": ("F16", [1000, 32]),
    }
    weights(tmp_path / "m.safetensors", tensors)
    config = {"quantization": {"group_size": 64, "bits": 4}}

    assert read_traits(model(tmp_path, config)).parameters == 1000 * 2048 / 1e9


def test_the_converters_own_number_wins(tmp_path: Path) -> None:
    weights(tmp_path / "m.safetensors", {"x.weight": ("F32", [1000])})
    index = {"metadata": {"total_parameters": 8_190_735_360}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    found = traits_of("default_model", "Qwen3-99B", tmp_path, 40_960, None)

    assert found.parameters is not None
    assert round(found.parameters, 2) == 8.19
    assert found.tier == "small"


def test_without_files_only_the_name_tells() -> None:
    found = traits_of("qwen2.5-coder:14b", "", None, 0, 312.0)

    assert (found.tier, found.parameters, found.name) == ("medium", 14, found.id)
    assert (found.context_window, found.prefill_rate) == (None, 312.0)
    assert not any((found.native_tools, found.trimmable_cache, found.images))


def test_images_go_only_to_models_whose_server_takes_them(tmp_path: Path) -> None:
    seeing = {"model_type": "muse_spark", "vision_config": {"depth": 2}}

    assert read_traits(model(tmp_path, seeing)).images
    assert not read_traits(model(tmp_path, seeing | {"model_type": "gemma3"})).images


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"model_type":"llama","chat_template":{"a":1},"vision_config":1e999}',
        b'{"metadata":{"total_parameters":-1},"quantization":[1]}',
        (1 << 60).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        b'\x31\0\0\0\0\0\0\0{"a.weight":{"dtype":1,"shape":["x",1e99]},"b":0}  ',
    ],
)
def test_hostile_files_tell_nothing(tmp_path: Path, content: bytes) -> None:
    names = "config tokenizer_config tokenizer chat_template model.safetensors.index"
    for name in names.split():
        (tmp_path / f"{name}.json").write_bytes(content)
    (tmp_path / "model.safetensors").write_bytes(content)
    found = read_traits(tmp_path)

    assert not found.native_tools
    assert found.parameters is None


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.json")
    os.mkfifo(tmp_path / "model.safetensors")
    (tmp_path / "tokenizer_config.json").mkdir()

    assert read_traits(tmp_path) == FileTraits()
    assert read_traits(tmp_path / "missing") == FileTraits()


@given(st.dictionaries(st.text(max_size=5), st.lists(st.integers()), max_size=3))
def test_any_header_is_counted_or_not(tensors: dict[str, list[int]]) -> None:
    from mux_tui.core.model_server.weight_count import parameters_of

    folder = Path(os.environ["MUX_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    weights(folder / "m.safetensors", {n: ("F32", s) for n, s in tensors.items()})
    found = parameters_of(folder, {})

    assert found is None or 0 < found <= 10_000


def paths(root: Path) -> Paths:
    return Paths(root / "c", root / "d", root / "s", root / "k")


def test_the_speed_is_the_median_of_the_last_readings(tmp_path: Path) -> None:
    place = paths(tmp_path)
    assert known_speed(place, "m") is None
    for seconds in (1.0, 2.0, 100.0):
        remember_speed(place, "m", 1000, seconds)

    assert known_speed(place, "m") == 500
    assert known_speed(place, "other") is None
    for _ in range(SAMPLES_KEPT):
        remember_speed(place, "m", 1000, 10)
    assert known_speed(place, "m") == 100
    assert (place.state_dir / "speed.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("tokens", "seconds"),
    [(199, 1.0), (1000, 0.0), (1000, -1.0), (1000, float("nan")), (1000, 1e-320)],
)
def test_what_is_no_measurement_is_passed_over(
    tmp_path: Path, tokens: int, seconds: float
) -> None:
    remember_speed(paths(tmp_path), "m", tokens, seconds)

    assert known_speed(paths(tmp_path), "m") is None


def test_only_so_many_models_are_remembered(tmp_path: Path) -> None:
    place = paths(tmp_path)
    for number in range(MODELS_KEPT + 1):
        remember_speed(place, f"m{number}", 1000, 1)

    assert known_speed(place, "m0") is None
    assert known_speed(place, f"m{MODELS_KEPT}") == 1000


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"models":{"m":["x",-1,NaN,1e99]}}', b"[" * 9999]
)
def test_a_broken_speed_file_tells_nothing_and_is_replaced(
    tmp_path: Path, content: bytes
) -> None:
    place = paths(tmp_path)
    place.state_dir.mkdir()
    (place.state_dir / "speed.json").write_bytes(content)
    assert known_speed(place, "m") is None

    remember_speed(place, "m", 1000, 2)
    assert known_speed(place, "m") == 500


def test_a_speed_that_cannot_be_written_is_lost(tmp_path: Path) -> None:
    place = paths(tmp_path)
    place.state_dir.write_text("a file")
    remember_speed(place, "m", 1000, 2)

    assert known_speed(place, "m") is None
