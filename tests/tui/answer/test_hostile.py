"""Nothing a model writes is obeyed by the terminal or by Textual."""

import pytest
from textual.strip import Strip

from tests.tui.answer.stage import on_stage, screen, shows, strips, until

HOSTILE = {
    "colours": "\x1b[31mred\x1b[0m \x9b31m",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "hyperlink": "\x1b]8;;http://evil.example\x1b\\text\x1b]8;;\x1b\\",
    "title": "\x1b]0;evil\x07 \x90q\x9c",
    "action": "[@click=app.quit]press[/] [link=file:///etc/passwd]x[/link]",
    "markup": "[/usr/bin] [bold red]text[/] [/] [[",
    "directions": "a \u202eb\u2066c\u200b d\ufeffe \u200ff \U000e0041g",
    "overprint": "good\rbad\x08\x08\x0b\x0c\x7f\x00",
    "entities": "&#27;[31m &#x202e; &#0; &#10;a",
    "address": "[t](http://e.com/\u202egnp.exe) <http://\x1be.com> [a](<b\x07c>)",
    "script": "[x](javascript:alert) [y](file:///etc/passwd) [z](data:text/html,x)",
    "surrogate": "a\ud800b",
    "image": "![\x1b[2J](\x1b[2J)",
    "html": "<script>alert(1)</script>\n\n<a href='x' onclick='y'>z</a>",
    "table": "| \x1b[1m | [b]x |\n|---|---|\n| [/] | \u202e |",
    "fence": "```[@click=app.quit]\x1b[31m\n[/]\x1b[2J\n```",
}


def check(painted: list[Strip]) -> None:
    for strip in painted:
        assert strip.text.isprintable()
        for segment in strip:
            assert segment.control is None
            if segment.style:
                assert segment.style.link is None
                assert set(segment.style.meta) <= {"offset"}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_is_shown_and_not_obeyed(name: str) -> None:
    text = HOSTILE[name]
    async with on_stage((60, 16)) as (app, view, pilot):
        view.append_reasoning(text)
        view.append(text + "\n\n")
        view.note(text)
        view.append(text)
        await shows(pilot, "thinking")
        await pilot.press("z")
        await shows(pilot, "▾ thinking")
        check(strips(app))
        view.finish()
        await until(pilot, lambda: view.settled)
        check(strips(app))
        for row in (0, 4):
            await pilot.click(view, offset=(3, row))
        assert app.is_running
        assert app.return_code is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[/usr/bin] [bold]x[/]", "[/usr/bin] [bold]x[/]"),
        ("[@click=app.quit]press[/]", "[@click=app.quit]press[/]"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\u200fb\u2060c", "a<U+200F>b<U+2060>c"),
        ("a\rb", "ab"),
        ("`x\u200by`", "`x<U+200B>y`"),
        ("fa\u200dmily \U0001f469\u200d\U0001f4bb", "fa\u200dmily"),
    ],
)
async def test_hidden_marks_can_be_seen(text: str, shown: str) -> None:
    async with on_stage((60, 6)) as (_, view, pilot):
        view.show(text)
        await shows(pilot, shown)


async def test_a_line_of_a_megabyte_leaves_the_view_alive() -> None:
    async with on_stage((60, 10), keep_lines=500) as (app, view, pilot):
        view.append("x" * 1_000_000)
        view.append(" end of it")
        await shows(pilot, "end of it")
        assert view.page.height <= 550
        await pilot.press("g")
        assert not view.following
        view.append("\nmore")
        await shows(pilot, "1 new line")
        assert app.is_running


@pytest.mark.parametrize("kind", ["prose", "fence", "list"])
async def test_a_burst_of_lines_is_shown_whole(kind: str) -> None:
    begin = {"prose": "", "fence": "```py\n", "list": ""}[kind]
    mark = {"prose": "", "fence": "", "list": "- "}[kind]
    count = 5_000
    async with on_stage((60, 10), keep_lines=1_000) as (app, view, pilot):
        view.append(begin)
        for number in range(count):
            view.append(f"{mark}line {number}\n")
        view.finish()
        await until(pilot, lambda: view.settled)
        assert f"line {count - 1}" in screen(app)
        assert view.page.height <= 1_100
