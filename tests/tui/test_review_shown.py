"""What the review shows of changes, however many, long or hostile they are."""

import time
from pathlib import Path

from mux_tui.core.change import ChangeSet, FileChange, Refusal
from mux_tui.core.workspace.diff import selected
from mux_tui.tui.dialogs.changes_facts import FactsWindow
from tests.tui.changes_stage import (
    FINDINGS,
    TWO_FILES,
    Approval,
    proposed,
    reviewing,
)
from tests.tui.stage import SMALL, WIDE, make_desk, on_stage, text_of, until

HOSTILE = "[bold]\x1b]52;c;aGk=\x07\u202e[/bold] [@click=app.quit]x[/]"


async def test_parts_and_files_are_walked_through(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        window = await reviewing(app, pilot)
        seen = [(window.file, window.diff.current)]
        for key in ("n", "n", "n", "N", "N", "left_square_bracket"):
            await pilot.press(key)
            await pilot.pause()
            seen.append((window.file, window.diff.current))
        assert seen == [
            (0, (0, 0)),
            (0, (0, 1)),
            (1, (0, 0)),
            (1, (0, 0)),
            (0, (0, 1)),
            (0, (0, 0)),
            (0, (0, 0)),
        ]
        await pilot.press("x")
        await asked.given(pilot)


async def test_both_contents_side_by_side_where_there_is_room(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    for size, first, then in (
        ((160, 40), "side by side", "unified"),
        (WIDE, "unified", "side by side"),
    ):
        async with on_stage(desk, size) as (app, pilot):
            asked = Approval(app, proposed(desk.cwd))
            await reviewing(app, pilot)
            assert first in text_of(app)
            await pilot.press("s")
            await until(pilot, lambda told=then: told in text_of(app))
            await pilot.press("x")
            await asked.given(pilot)


async def test_what_is_to_be_known_is_told(tmp_path: Path) -> None:
    sure = FileChange("a.py", b"x = 1\n", b"x = 2\n", confidence=0.83, note="twice")
    desk = make_desk(tmp_path)
    async with on_stage(desk, (120, 50)) as (app, pilot):
        proposal = proposed(
            desk.cwd,
            [sure],
            refused=(Refusal("../etc/passwd", "leaves the work directory"),),
            findings=FINDINGS,
            commands=("rm -rf build",),
            left_behind=("b.log: is ignored",),
            again="changed meanwhile: a.py",
        )
        asked = Approval(app, proposal)
        await reviewing(app, pilot)
        shown = text_of(app)
        for words in (
            "once more: changed meanwhile: a.py",
            "../etc/passwd: leaves the",
            "placed by likeness (0.83): twice",
            "review by claude (2)",
            "commands, never run by mux",
            "rm -rf build",
            "left behind in the copy",
            "b.log: is ignored",
        ):
            assert words in shown
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, FactsWindow))
        await until(pilot, lambda: "out of scope" in text_of(app))
        await pilot.press("escape", "x")
        await asked.given(pilot)


async def test_with_a_refusal_there_is_no_yes(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        proposal = proposed(desk.cwd)
        refused = (Refusal(".git/config", "is git's own"),)
        blocked = ChangeSet(proposal.changes.changes, refused)
        object.__setattr__(proposal, "changes", blocked)
        asked = Approval(app, proposal)
        window = await reviewing(app, pilot)
        assert "nothing of it can be written" in text_of(app)
        await pilot.press("a", "enter")
        await pilot.pause()
        assert app.screen is window
        await pilot.press("x")
        assert await asked.given(pilot) is None


async def test_files_without_lines_are_said_in_words(tmp_path: Path) -> None:
    changes = (
        FileChange("logo.png", b"\x89PNG\0", b"\x89PNG\0\0"),
        FileChange("empty.txt", None, b""),
        FileChange("run.sh", b"echo\n", b"echo\n", executable=True),
        FileChange("gone.txt", b"a\n", None),
        FileChange("plain", b"a", b"b"),
    )
    words = (
        "5 bytes become 6",
        "a new file without content",
        "it may be executed afterwards",
        "- a",
        "(no newline at the end)",
    )
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd, changes))
        await reviewing(app, pilot)
        for said in words:
            await until(pilot, lambda told=said: told in text_of(app), said)
            await pilot.press("right_square_bracket")
        await pilot.press("f", "enter")
        kept = await asked.given(pilot)
    assert kept == ChangeSet(changes[:4])


async def test_foreign_text_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    hostile = FileChange(
        f"src/{HOSTILE}.py",
        b"a = 1\r\n",
        f"a = 2 # {HOSTILE}\nb\x85 = '\t'\r\n".encode(),
        note=HOSTILE,
        confidence=0.5,
    )
    desk = make_desk(tmp_path)
    for size in (WIDE, SMALL, (160, 40)):
        async with on_stage(desk, size) as (app, pilot):
            proposal = proposed(
                desk.cwd,
                [hostile],
                refused=(Refusal(HOSTILE, HOSTILE),),
                commands=(HOSTILE,),
                left_behind=(HOSTILE,),
                again=HOSTILE,
            )
            asked = Approval(app, proposal)
            await reviewing(app, pilot)
            shown = text_of(app)
            assert "[bold]" in shown
            assert "\u241b" in shown
            assert "\u240d" in shown, "what ends a line elsewhere is to be seen"
            assert not {"\x1b", "\x07", "\u202e", "\x85"} & set(shown)
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(app.screen, FactsWindow))
            assert not {"\x1b", "\x07", "\u202e"} & set(text_of(app))
            await pilot.press("escape", "a")
            assert await asked.given(pilot) is proposal.changes


async def test_a_huge_change_is_shown_at_once_and_scrolled_quickly(
    tmp_path: Path,
) -> None:
    before = b"".join(b"line %d\n" % number for number in range(60_000))
    after = before.replace(b"7\n", b"seven\n")
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        proposal = proposed(desk.cwd, [FileChange("big.txt", before, after)])
        asked = Approval(app, proposal)
        window = await reviewing(app, pilot)
        began = time.process_time()
        for key in ("pagedown", "n", "G", "N", "space", "g"):
            await pilot.press(key)
        assert time.process_time() - began < 2.0
        assert window.diff.laid.height > 40_000
        await pilot.press("x")
        assert await asked.given(pilot) is None


async def test_an_endless_line_costs_no_more_than_what_is_seen(tmp_path: Path) -> None:
    line = b"x" * 3_000_000
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd, [FileChange("m.js", line, line[1:])]))
        await reviewing(app, pilot)
        began = time.process_time()
        for _ in range(5):
            await pilot.press("right", "j")
        assert time.process_time() - began < 1.0
        await pilot.press("x")
        await asked.given(pilot)


async def test_without_unicode_it_is_drawn_with_plain_letters(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, settings={"ui.glyphs": "ascii"})
    for size in (WIDE, SMALL, (160, 40)):
        async with on_stage(desk, size) as (app, pilot):
            proposal = proposed(desk.cwd, findings=FINDINGS)
            asked = Approval(app, proposal)
            await reviewing(app, pilot)
            await pilot.press("space")
            await pilot.pause()
            assert [c for c in text_of(app) if not c.isascii()] == []
            await pilot.press("x")
            await asked.given(pilot)


async def test_clicks_choose_and_turn(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    async with on_stage(desk) as (app, pilot):
        asked = Approval(app, proposed(desk.cwd))
        window = await reviewing(app, pilot)
        await pilot.click("#diff", offset=(3, 1))
        await until(pilot, lambda: not window.kept.has(0, 0))
        await pilot.click("#files", offset=(5, 3))
        await until(pilot, lambda: window.file == 1)
        await until(pilot, lambda: window.kept.state(1) == "none")
        await pilot.press("enter")
        kept = await asked.given(pilot)
    assert kept == ChangeSet((selected(TWO_FILES[0], {1}),))
