"""Settings as facts, a draft and lines of text, without a screen."""

from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.changes import TAKE_OUT
from mux_tui.core.config.check import Refused
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.keys import keys
from mux_tui.core.config.load import load
from mux_tui.core.config.manual import manual
from mux_tui.core.config.observe import Observed, observe
from mux_tui.tui.glyphs import ASCII, UNICODE
from mux_tui.tui.widgets.settings.draft import Draft
from mux_tui.tui.widgets.settings.drawing import drawn
from mux_tui.tui.widgets.settings.facts import (
    Fact,
    as_text,
    facts_of,
    from_text,
    matches,
    stepped,
    tilde,
)
from mux_tui.tui.widgets.settings.words import AT_ONCE, TITLES, when


def _observed(home: Path, text: str = "", **variables: str) -> Observed:
    environment = Environment(
        {"HOME": str(home), "MUX_HOME": str(home / "mux")} | variables
    )
    file = environment.paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return observe(environment, home, {}, load(environment, home))


def _fact(home: Path, name: str, text: str = "", staged: Any = None, **v: str) -> Fact:
    draft = Draft()
    observed = _observed(home, text, **v)
    found = {fact.name: fact for fact in facts_of(observed, draft, str(home))}
    if staged is not None:
        draft.put(name, staged, found[name].own, found[name].value)
        found = {fact.name: fact for fact in facts_of(observed, draft, str(home))}
    return found[name]


def _lines(fact: Fact, width: int = 60, **more: Any) -> list[str]:
    return drawn(fact, UNICODE, width, **more).plain.splitlines()


def test_every_setting_is_a_fact_with_a_meaning(tmp_path: Path) -> None:
    facts = facts_of(_observed(tmp_path), Draft())
    assert [fact.name for fact in facts] == list(keys())
    assert all(fact.meaning for fact in facts)
    assert {fact.section for fact in facts} <= TITLES.keys()
    assert [*TITLES] == [section.name for section in manual()]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "router.min_confidence",
            [
                "min_confidence                                       default",
                "  An answer scored below this is not trusted, and escalates.",
                "  0.6   0 ─────────●────── 1",
            ],
        ),
        (
            "cloud.permission",
            [
                "permission                                           default",
                "  May a task go to a cloud CLI: allow, ask each time",
                "  (without a terminal that is a no), never.",
                "  ● allow  ○ ask  ○ never",
            ],
        ),
        (
            "server.autostart",
            [
                "autostart                                            default",
                "  Start it when a task needs it. When it has died, the task",
                "  goes to the cloud if it may, and the server is started",
                "  again behind its back.",
                "  ● on  ○ off",
            ],
        ),
        (
            "cloud.order",
            [
                "order                                                default",
                "  Which CLIs are asked, first to last.",
                "  1 claude, 2 codex, 3 gemini",
            ],
        ),
        (
            "providers.local.model",
            [
                "model                                                default",
                "  Its id there, or an MLX model's directory; empty: the",
                "  starter, or the first.",
                "  empty",
            ],
        ),
    ],
)
def test_a_setting_is_drawn_by_its_kind(
    name: str, lines: list[str], tmp_path: Path
) -> None:
    assert _lines(_fact(tmp_path, name))[: len(lines)] == lines


def test_a_value_of_ones_own_shows_file_and_default(tmp_path: Path) -> None:
    fact = _fact(tmp_path, "server.port", "[server]\nport = 8080\n")
    assert _lines(fact) == [
        f"port{'file ~/mux/config/config.toml':>56}",
        "  The port on 127.0.0.1; 0: a free one.",
        "  8080   0 to 65,535   default 0",
    ]


def test_short_of_room_a_files_name_is_enough(tmp_path: Path) -> None:
    fact = _fact(tmp_path, "server.port", "[server]\nport = 8080\n")
    assert _lines(fact, 30)[0] == "port          file config.toml"


def test_a_change_is_marked_and_shows_what_it_will_be(tmp_path: Path) -> None:
    fact = _fact(tmp_path, "server.port", "[server]\nport = 80\n", staged=TAKE_OUT)
    lines = _lines(fact)
    assert lines[0].startswith("port  ! unsaved")
    assert lines[2] == "  0   0 to 65,535   default 0"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (
            {"MUX_SERVER_PORT": "9"},
            "  locked: MUX_SERVER_PORT is set in the environment",
        ),
        ({}, ""),
    ],
)
def test_a_locked_setting_says_why(
    variables: dict[str, str], told: str, tmp_path: Path
) -> None:
    fact = _fact(tmp_path, "server.port", **variables)
    assert (told in _lines(fact)) == bool(told)
    assert bool(fact.locked) == bool(told)


def test_a_project_that_narrows_is_told(tmp_path: Path) -> None:
    (tmp_path / ".mux.toml").write_text('[cloud]\npermission = "never"\n')
    lines = _lines(_fact(tmp_path, "cloud.permission"), 70)
    assert lines[0].endswith("project ~/.mux.toml")
    assert "a project may only allow less" in lines[-1]


def test_secrets_are_neither_drawn_nor_offered_for_editing(tmp_path: Path) -> None:
    text = '[providers.local]\nbase_url = "https://ada:hunter2@h.test/v1"\n'
    fact = _fact(tmp_path, "providers.local.base_url", text)
    assert fact.hidden
    assert "hunter2" not in "".join(_lines(fact))
    assert as_text(fact) == ""


def test_foreign_text_is_neither_markup_nor_control_bytes(tmp_path: Path) -> None:
    text = '[providers.local]\nmodel = "[/bold]\u202e[red]x"\n'
    lines = _lines(_fact(tmp_path, "providers.local.model", text))
    assert lines[3].startswith("  [/bold]<U+202E>[red]x")


def test_without_unicode_it_is_drawn_with_plain_characters(tmp_path: Path) -> None:
    for name in keys():
        text = drawn(_fact(tmp_path, name), ASCII, 60).plain
        assert text.isascii(), name


def test_no_line_is_wider_than_its_room(tmp_path: Path) -> None:
    observed = _observed(tmp_path, "[server]\nport = 8080\n")
    for fact in facts_of(observed, Draft(), str(tmp_path)):
        for width in (30, 54, 90):
            assert max(map(len, _lines(fact, width))) <= width, (fact.name, width)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("server.port", "8080", 8080),
        ("router.min_confidence", "1", 1.0),
        ("providers.local.model", "qwen", "qwen"),
        ("router.keywords", "one\n two \n\n", ("one", "two")),
        ("router.keywords", "", ()),
    ],
)
def test_what_is_typed_is_read_as_mux_config_set_does(
    name: str, text: str, value: Any
) -> None:
    assert from_text(keys()[name], text) == value


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("server.port", "70000", "must be a whole number from 0 to 65535"),
        ("server.port", "x", "must be a whole number"),
        ("cloud.order", "claude\nclaude", "must name each at most once"),
        ("verification.commands", "pytest '", "must be commands whose quotes"),
    ],
)
def test_what_is_wrong_is_refused_in_the_same_words(
    name: str, text: str, told: str
) -> None:
    with pytest.raises(Refused, match=told):
        from_text(keys()[name], text)


@pytest.mark.parametrize(
    ("name", "step", "value"),
    [
        ("server.autostart", 1, False),
        ("cloud.permission", 1, "ask"),
        ("cloud.permission", -1, "never"),
        ("router.min_confidence", 1, 0.65),
        ("server.decode_concurrency", -1, 3),
        ("server.port", -1, None),
        ("server.idle_minutes", 1, 16.0),
        ("cloud.order", 1, None),
        ("providers.local.model", 1, None),
    ],
)
def test_the_value_beside_the_present_one(
    name: str, step: int, value: Any, tmp_path: Path
) -> None:
    assert stepped(_fact(tmp_path, name), step, ()) == value


def test_words_from_elsewhere_can_be_walked_through(tmp_path: Path) -> None:
    fact = _fact(tmp_path, "ui.theme")
    assert stepped(fact, 1, ("auto", "mux-dark")) == "mux-dark"
    assert stepped(fact, -1, ("auto", "mux-dark")) == "mux-dark"


def test_a_search_finds_all_its_words_in_name_meaning_and_choices(
    tmp_path: Path,
) -> None:
    facts = facts_of(_observed(tmp_path), Draft())
    found = [fact.name for fact in facts if matches(fact, "PORT 127")]
    assert found == ["server.port", "proxy.port"]
    assert "cloud.permission" in [f.name for f in facts if matches(f, "never")]


def test_the_draft_forgets_what_is_back_to_what_was() -> None:
    draft = Draft()
    draft.put("a", 2, 1, 1)
    draft.put("a", 1, 1, 1)
    draft.put("b", ("x",), ["x"], ("x",))
    draft.put("c", TAKE_OUT, None, 5)
    draft.put("d", 5, None, 5)
    assert len(draft) == 0
    draft.put("e", True, 1, 1)
    assert draft.get("e") is True


def test_undo_takes_the_newest_change_first() -> None:
    draft = Draft()
    for name in "abca":
        draft.put(name, len(draft) + 2, 1, 1)
    assert [draft.undo(), draft.undo(), draft.undo(), draft.undo()] == [*"acb", ""]


def test_what_was_changed_again_while_it_was_saved_stays_unsaved() -> None:
    draft = Draft()
    draft.put("a", 2, 1, 1)
    saved = draft.changes
    draft.put("a", 3, 1, 1)
    draft.forget(saved)
    assert draft.changes == {"a": 3}


def test_paths_under_home_are_short() -> None:
    assert tilde("/home/ada/x:1: wrong", "/home/ada") == "~/x:1: wrong"
    assert tilde("/home/adam/x", "/home/ada") == "/home/adam/x"
    assert tilde("/x", "") == "/x"


def test_what_runs_already_is_told_to_keep_what_it_has() -> None:
    assert when("router.min_confidence") == AT_ONCE
    assert "F3" in when("proxy.port")
    assert "F4" in when("server.port")
    assert when("proxy.on_exit") == AT_ONCE
