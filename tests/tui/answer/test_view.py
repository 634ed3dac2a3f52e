"""The answer view in an app: streaming, following, folding, selecting, copying."""

import pytest
from pygments.token import Keyword
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from mux_tui.tui.widgets.answer import Copied, FollowChanged
from tests.tui.answer.stage import (
    BLUE,
    AnswerApp,
    on_stage,
    screen,
    shows,
    strips,
    until,
)

BLUE_TEXT = BLUE.get_style_for_token(Keyword).color
LONG = "".join(f"line {number}\n\n" for number in range(200))


async def test_a_stream_is_shown_while_it_comes() -> None:
    async with on_stage() as (app, view, pilot):
        view.append("Hello **wor")
        await shows(pilot, "Hello **wor▌")
        view.append("ld**, this is")
        await shows(pilot, "Hello world, this is▌")
        view.finish()
        await until(pilot, lambda: "▌" not in screen(app), "the mark stayed")
        assert screen(app).startswith("Hello world, this is\n")


async def test_what_came_is_kept_to_the_letter() -> None:
    pieces = ["# A\r\n", "\x1b[31m", "b", "\n\n```py\n", "x", " " * 5_000, "\ud800é"]
    async with on_stage() as (_, view, pilot):
        for piece in pieces:
            view.append(piece)
        view.finish()
        await until(pilot, lambda: view.settled)
        assert view.text == "".join(pieces)
        assert view.complete
        blocks = [each.block.source for each in view.page.entries if each.block]
        assert "".join(blocks) == view.text


async def test_it_takes_text_before_it_is_on_a_screen() -> None:
    app = AnswerApp()
    app.view.append("early")
    async with app.run_test(size=(40, 10)) as pilot:
        await shows(pilot, "early")


async def test_it_follows_until_the_user_scrolls_up() -> None:
    async with on_stage() as (app, view, pilot):
        view.append(LONG)
        await shows(pilot, "line 199")
        await pilot.press("k")
        assert not view.following
        top = view.scroll_offset.y
        view.append("more\n\n" * 60)
        await shows(pilot, "↓ 120 new lines · G follows")
        assert view.scroll_offset.y == top
        told = FollowChanged(view, False, 120)
        await until(pilot, lambda: app.told[-1] == told)

        await pilot.press("G")
        assert view.following
        await shows(pilot, "more")
        assert "new lines" not in screen(app)
        await until(pilot, lambda: app.told[-1] == FollowChanged(view, True, 0))
        view.append("the very last")
        await shows(pilot, "the very last")


async def test_scrolling_back_to_the_end_follows_again() -> None:
    async with on_stage() as (_, view, pilot):
        view.append(LONG)
        await shows(pilot, "line 199")
        await pilot.press("up", "up")
        assert not view.following
        await pilot.press("j", "down")
        assert view.following


async def test_keys_go_everywhere() -> None:
    async with on_stage() as (app, view, pilot):
        view.show(LONG)
        await until(pilot, lambda: view.settled)
        end = view.max_scroll_y
        await pilot.press("pagedown")
        assert view.scroll_offset.y == 9
        await pilot.press("pageup")
        assert view.scroll_offset.y == 0
        await pilot.press("end")
        assert view.scroll_offset.y == end
        await pilot.press("home")
        assert view.scroll_offset.y == 0
        await pilot.press("G", "g")
        assert screen(app).startswith("line 0\n")


async def test_a_whole_answer_is_shown_from_its_beginning() -> None:
    async with on_stage() as (app, view, pilot):
        view.append("something else")
        view.show(LONG * 20, reasoning="hm hm")
        assert "▸ thinking · 2 words" in view.page.entries[0].text
        await shows(pilot, "line 0")
        await until(pilot, lambda: view.settled)
        assert screen(app).startswith("▸ thinking · 2 words\n\nline 0\n")
        assert view.text == LONG * 20


async def test_what_was_cleared_is_gone() -> None:
    async with on_stage() as (app, view, pilot):
        view.append(LONG)
        await shows(pilot, "line 199")
        view.clear()
        await until(pilot, lambda: not screen(app).strip(), "something is left")
        assert view.text == ""
        view.append("new")
        await shows(pilot, "new▌")


async def test_thinking_is_one_line_until_it_is_opened() -> None:
    async with on_stage() as (app, view, pilot):
        view.append_reasoning("Let me see.\n\n")
        app.seconds = 3.2
        view.append_reasoning("It is easy.")
        view.append("Done.")
        await shows(pilot, "▸ thinking · 6 words · 3.2 s")
        assert "easy" not in screen(app)
        await pilot.press("z")
        await shows(pilot, "│ Let me see.\n│\n│ It is easy.\n\nDone.▌")
        await pilot.press("z")
        await until(pilot, lambda: "easy" not in screen(app))
        assert view.text == "Done."


async def test_a_click_on_a_fold_opens_that_one() -> None:
    async with on_stage((40, 20)) as (app, view, pilot):
        for name in ("one", "two"):
            view.append_reasoning(f"about {name}")
            view.append(f"answer {name}")
            view.note(f"▲ after {name}")
        view.finish()
        await shows(pilot, "▲ after two")
        await pilot.click(view, offset=(2, 6))
        await shows(pilot, "about two")
        assert "about one" not in screen(app)
        await pilot.click(view, offset=(2, 2))
        await shows(pilot, "about two")


async def test_opening_a_fold_does_not_move_it() -> None:
    async with on_stage() as (app, view, pilot):
        view.show(LONG, reasoning="word\n" * 50)
        await until(pilot, lambda: view.settled)
        await pilot.press("z")
        await shows(pilot, "▾ thinking")
        assert screen(app).startswith("▾ thinking · 50 words\n│ word\n")


async def test_the_key_for_thinking_is_offered_when_there_is_some() -> None:
    async with on_stage() as (app, view, pilot):

        def offered() -> bool:
            return "answer.thinking" in {
                active.binding.id for active in app.screen.active_bindings.values()
            }

        view.append("text")
        await shows(pilot, "text")
        assert not offered()
        view.append_reasoning("hm")
        await shows(pilot, "thinking")
        assert offered()


async def test_a_note_ends_one_answer_and_begins_another() -> None:
    async with on_stage((60, 10)) as (app, view, pilot):
        view.append("```py\nunfinished")
        view.note("▲ handed to claude: [b]not sure[/b]\x1b[2J")
        view.append("**new**")
        await shows(pilot, "new▌")
        assert "▲ handed to claude: [b]not sure[/b]␛[2J" in screen(app)
        assert view.answer == "**new**"
        assert view.text == "```py\nunfinished**new**"


async def test_the_answer_is_copied_made_safe() -> None:
    async with on_stage() as (app, view, pilot):
        view.append("old")
        view.note("next")
        view.append("new \x1b]52;c;aGk=\x07\u202e")
        await pilot.press("y")
        assert app.clipboard == "new ␛]52;c;aGk=␇<U+202E>"
        await until(pilot, lambda: app.told != [])
        assert app.told == [Copied(view, len(app.clipboard))]


async def test_selected_text_comes_without_frames_and_wraps() -> None:
    text = (
        "One long paragraph that is wrapped here.\n\n```py\nx = 1\ny = 2\n```\n\n> q\n"
    )
    async with on_stage((24, 20)) as (_, view, pilot):
        view.show(text)
        await shows(pilot, "│ q")
        everything = view.get_selection(Selection(Offset(0, 0), Offset(40, 30)))
        plain = "One long paragraph that is wrapped here.\n\nx = 1\ny = 2\n\nq"
        assert everything == (plain, "\n")
        assert view.get_selection(SELECT_ALL) == (text, "\n")
        part = view.get_selection(Selection(Offset(4, 0), Offset(4, 1)))
        assert part is not None
        assert part[0].startswith("long paragraph that")


async def test_the_mouse_selects_and_the_selection_is_painted() -> None:
    async with on_stage() as (app, view, pilot):
        view.show("alpha beta gamma\n")
        await shows(pilot, "alpha")
        await pilot.mouse_down(view, offset=(6, 0))
        await pilot.hover(view, offset=(9, 0))
        await pilot.mouse_up(view, offset=(9, 0))
        await until(pilot, lambda: bool(app.screen.get_selected_text()))
        assert app.screen.get_selected_text() == "beta"
        style = app.screen.get_component_rich_style("screen--selection")
        painted = [
            segment.text
            for segment in strips(app)[0]
            if segment.style and segment.style.bgcolor == style.bgcolor
        ]
        assert "".join(painted) == "beta"


async def test_a_new_width_wraps_anew_and_keeps_the_place() -> None:
    text = "".join(f"number {n} " + "word " * 20 + "\n\n" for n in range(100))
    async with on_stage((60, 12)) as (app, view, pilot):
        view.show(text)
        await until(pilot, lambda: view.settled)
        view.scroll_to(y=150, animate=False)
        await pilot.pause()
        first = next(line for line in screen(app).splitlines() if "number" in line)
        number = " ".join(first.split()[:2])
        await pilot.resize_terminal(30, 12)
        await until(pilot, lambda: view.settled and view.page.width == 28)
        assert number in screen(app)
        await pilot.resize_terminal(60, 12)
        await until(pilot, lambda: view.settled and view.page.width == 58)
        assert number in screen(app)


async def test_it_survives_any_size() -> None:
    async with on_stage((60, 12)) as (app, view, pilot):
        view.append(LONG + "```py\nx = 1\n```\n| a | b |\n|--|--|\n| 1 | 2 |\n")
        for size in ((1, 1), (20, 5), (200, 50), (2, 30), (60, 12)):
            await pilot.resize_terminal(*size)
            view.append("more\n\n")
            await pilot.pause()
        await until(pilot, lambda: view.settled)
        await shows(pilot, "▌")
        assert "more" in screen(app)
        assert view.following


async def test_a_hidden_view_shows_later_what_came_meanwhile() -> None:
    async with on_stage() as (_, view, pilot):
        view.display = False
        await pilot.pause()
        view.append(LONG)
        view.finish()
        await pilot.pause()
        view.display = True
        await shows(pilot, "line 199")


async def test_a_new_theme_is_worn_at_once() -> None:
    async with on_stage() as (app, view, pilot):
        view.show("# Head\n\n```python\nreturn\n```\n")
        await shows(pilot, "return")
        before = {segment.style for strip in strips(app) for segment in strip}
        app.syntax = BLUE
        app.theme = "textual-light"
        await until(pilot, lambda: view.page.look.syntax is BLUE)
        await until(pilot, lambda: view.settled)
        after = {segment.style for strip in strips(app) for segment in strip}
        assert not after & before - {None}
        code = view.page.line(3)
        assert code
        assert [
            s.text for s in code.strip if s.style and s.style.color == BLUE_TEXT
        ] == ["return"]


@pytest.mark.parametrize("plain", [True, False])
async def test_the_marks_are_those_of_the_app(plain: bool) -> None:
    async with on_stage(plain=plain) as (app, view, pilot):
        view.append_reasoning("hm")
        view.append("- a\n\n" * 30)
        await until(pilot, lambda: view.settled)
        await pilot.press("k")
        view.append("b\n")
        await shows(pilot, "1 new line ")
        # The last column is the scrollbar's, which draws with its own marks.
        painted = "".join(strip.crop(0, 39).text for strip in strips(app))
        assert painted.isascii() == plain


async def test_the_ring_keeps_the_end_and_says_what_is_gone() -> None:
    async with on_stage(keep_lines=100) as (app, view, pilot):
        view.append(LONG)
        view.finish()
        await until(pilot, lambda: view.settled)
        assert view.page.height <= 110
        assert "line 199" in screen(app)
        await pilot.press("g")
        await shows(pilot, "earlier lines not shown")
        assert view.text == LONG


async def test_a_reader_is_not_moved_by_the_ring() -> None:
    async with on_stage(keep_lines=100) as (app, view, pilot):
        view.append(LONG)
        await until(pilot, lambda: view.settled)
        await pilot.press("pageup")
        seen = screen(app).splitlines()[1]
        view.append("".join(f"later {number}\n\n" for number in range(20)))
        await shows(pilot, "new lines")
        await until(pilot, lambda: view.settled)
        assert seen in screen(app)


async def test_nothing_is_planned_when_nothing_comes() -> None:
    async with on_stage() as (_, view, pilot):
        view.append("text")
        view.finish()
        await until(pilot, lambda: view.settled)
        await until(
            pilot,
            lambda: view._next_look is None,  # pyright: ignore[reportPrivateUsage]
        )
