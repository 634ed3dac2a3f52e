"""Choices that outlive a kill: written, read, and never believed blindly."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.events import plain
from mux_tui.core.paths import Paths
from mux_tui.core.setup.choices import Choices, ModelChoice, Tiers
from mux_tui.core.setup.draft import Draft, draft_file, read, remove, save
from mux_tui.core.setup.steps import STEPS
from mux_tui.core.task import CLOUD_ROUTES

WORD = st.from_regex(r"[a-c][a-cXYZ09.-]{0,11}", fullmatch=True)
ROUTES = st.lists(st.sampled_from(CLOUD_ROUTES), unique=True).map(tuple)
MODELS = st.one_of(
    st.builds(ModelChoice, st.sampled_from(["none", "starter", "cloud"])),
    st.builds(ModelChoice, st.just("hub"), st.sampled_from(["a/b", "o/Qwen3-4B"])),
    st.builds(ModelChoice, st.just("directory"), WORD),
    st.builds(
        ModelChoice, st.just("server"), WORD, st.just("http://127.0.0.1:1/v1"), WORD
    ),
)
CHOICES = st.builds(
    Choices,
    MODELS,
    st.integers(0, 10**6),
    st.booleans(),
    st.sampled_from(["allow", "ask", "never"]),
    ROUTES,
    st.builds(Tiers, WORD, WORD, WORD),
    ROUTES,
)
DRAFTS = st.builds(
    Draft, CHOICES, st.sampled_from(STEPS), st.frozensets(st.sampled_from(STEPS))
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Directories of this test's own."""
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


@settings(max_examples=60, deadline=None)
@given(DRAFTS)
def test_what_is_kept_is_read(draft: Draft) -> None:
    with tempfile.TemporaryDirectory() as home:
        paths = Paths.from_environment({"MUX_HOME": home})
        save(paths, draft)
        assert read(paths) == draft
        remove(paths)
        assert read(paths) is None


def test_it_is_for_its_owner_alone(paths: Paths) -> None:
    save(paths, Draft(Choices(), "model"))
    assert draft_file(paths).stat().st_mode & 0o777 == 0o600


def good() -> dict[str, Any]:
    choices = Choices(ModelChoice("hub", "a/b"))
    return {
        "schema": "mux.setup.draft/1",
        "step": "serve",
        "skipped": [],
        "choices": plain(choices),
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "mux.setup.draft/9"),
        (("step",), "reboot"),
        (("step",), ["serve"]),
        (("skipped",), "serve"),
        (("skipped",), ["serve", "serve"]),
        (("choices",), None),
        (("choices", "permission"), "always"),
        (("choices", "context"), "many"),
        (("choices", "serve"), 1),
        (("choices", "order"), ["claude", "rm"]),
        (("choices", "mcp"), {"claude": True}),
        (("choices", "tiers"), {"low": "local"}),
        (("choices", "tiers", "low"), "x" * 5000),
        (("choices", "model", "kind"), "magic"),
        (("choices", "model", "id"), "../../etc/passwd"),
        (("choices", "model", "id"), ""),
        (("choices", "model"), {"kind": "server", "id": "x", "base_url": "file:///"}),
        (("choices", "model"), {"kind": "directory", "id": "\x1b[2J"}),
    ],
)
def test_what_could_not_have_been_written_is_no_draft(
    path: tuple[str, ...], value: Any, paths: Paths
) -> None:
    document = good()
    place: Any = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    paths.state_dir.mkdir(parents=True)
    draft_file(paths).write_text(json.dumps(good()))
    assert read(paths)
    draft_file(paths).write_text(json.dumps(document))
    assert read(paths) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b"[" * 99_999, b"1" * 99])
def test_what_is_no_document_is_no_draft(raw: bytes, paths: Paths) -> None:
    paths.state_dir.mkdir(parents=True)
    draft_file(paths).write_bytes(raw)
    assert read(paths) is None


def test_a_directory_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    paths = Paths.from_environment({"MUX_HOME": str(tmp_path / "file")})
    save(paths, Draft(Choices(), "model"))
    assert read(paths) is None
    remove(paths)
