"""Prose and code are told apart."""

from mux_tui.core.routing.fences import Block, parts


def test_code_in_fences_is_not_prose() -> None:
    told = parts("a\n```python\nx = 1\n```\nb")
    assert told.prose == "a\nb"
    assert told.blocks == (Block("python", "x = 1", closed=True),)


def test_a_fence_that_is_never_closed_reaches_to_the_end() -> None:
    told = parts("a\n```\nx\nb")
    assert told.blocks == (Block("", "x\nb", closed=False),)


def test_only_a_fence_as_long_and_of_the_same_kind_closes() -> None:
    told = parts("````md\n```\n~~~\nx\n````")
    assert told.blocks == (Block("md", "```\n~~~\nx", closed=True),)


def test_inline_code_and_info_strings() -> None:
    assert parts("```x``` is inline").blocks == ()
    assert parts("  ~~~ {.Toml} title\r\na = 1\r\n  ~~~").blocks[0].language == "toml"
