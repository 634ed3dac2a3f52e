"""Names, choices and plans: values in, values out."""

import json
from typing import Any

import pytest

from mux_tui.core.events import Progressed, plain
from mux_tui.core.weights.hub.fault import HubError, fault_named
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.pace import Pace
from mux_tui.core.weights.hub.plan import HubFile, plan_from
from mux_tui.core.weights.hub.selection import lacking, wanted
from tests.core.weights.hub.conftest import plan_of
from tests.hub.repository import NEEDED, tiny_model


def test_a_name_and_its_directory_name_lead_to_each_other() -> None:
    name = HubName.parse("mlx-community/Qwen3-4B-4bit")
    assert name.long == "mlx-community--Qwen3-4B-4bit"
    assert HubName.of_directory(name.long) == name
    assert HubName.of_directory("no-owner") is None


@pytest.mark.parametrize(
    "name",
    [
        *("modeling.py", "pytorch_model.bin", "model.pt", "model.gguf", "README.md"),
        *("onnx/model.safetensors", "../config.json", ".config.json", "a b.json"),
        *("consolidated.safetensors", "adapters.safetensors", "installed.json", ""),
        *("x" * 300 + ".json", "\x1b.json"),
    ],
)
def test_what_a_model_does_not_need_is_left_out(name: str) -> None:
    assert not wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        *sorted(NEEDED),
        "model-00001-of-00002.safetensors",
        "vocab.txt",
        "tokenizer.model",
    ],
)
def test_what_a_model_needs_is_taken(name: str) -> None:
    assert wanted(name)


def test_a_model_lacks_nothing() -> None:
    assert lacking(NEEDED) == ""


def test_a_plan_survives_the_way_to_the_child_and_back() -> None:
    plan = plan_of(tiny_model())
    assert plan_from(json.loads(json.dumps(plain(plan)))) == plan


@pytest.mark.parametrize(
    "file",
    [
        {"name": "../config.json", "size": 1},
        {"name": "evil.py", "size": 1},
        {"name": "config.json", "size": -1},
        {"name": "config.json", "size": 10**16},
        {"name": "config.json", "size": "1"},
        {"name": "config.json", "size": 1, "sha256": "abc"},
        {"name": "config.json", "size": 1, "git_sha1": "G" * 40},
        "config.json",
    ],
)
def test_a_plan_that_may_not_be_carried_out_is_refused(file: Any) -> None:
    document = plain(plan_of(tiny_model())) | {"files": [file]}
    with pytest.raises(ValueError, match=r"."):
        plan_from(document)


def test_a_file_without_hashes_can_only_be_measured() -> None:
    assert HubFile("config.json", 1).digest == ""


def test_pace_is_that_of_the_last_seconds() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    for second in range(40):
        now[0] = float(second)
        speed = 10 if second < 20 else 100
        done = min(second, 20) * 10 + max(second - 20, 0) * 100
        pace.seen(Progressed("downloading", done, 10_000))
        assert pace.per_second is None or pace.per_second <= speed
    assert pace.per_second == 100
    assert pace.seconds_left == (10_000 - 2100) / 100


def test_pace_is_unknown_at_the_beginning_and_after_a_step_back() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert (pace.per_second, pace.seconds_left) == (None, None)
    pace.seen(Progressed("checking", 0, 100))
    now[0] = 5.0
    pace.seen(Progressed("downloading", 50, 100))
    assert pace.per_second is None
    now[0] = 10.0
    pace.seen(Progressed("downloading", 60, 100))
    assert pace.per_second == 2
    pace.seen(Progressed("downloading", 10, 100))
    assert pace.per_second is None


def test_what_a_hub_says_is_shown_without_secrets_and_control_bytes() -> None:
    detail = "no \x1b[31m https://me:s3cretword@mirror/ hf_" + "a" * 30
    error = HubError("refused", "a/b", detail, hub="http://x/{id}")
    assert "\x1b" not in str(error)
    assert "s3cretword" not in str(error)
    assert "hf_a" not in str(error)


def test_an_unknown_word_is_the_downloaders_failure() -> None:
    assert fault_named("from the future") == "failed"
