"""Documents that hold whatever Markdown can hold, well formed or not."""

from hypothesis import strategies as st

from mux_tui.tui.widgets.answer.block import PART

LINE_KINDS = (
    "",
    "",
    "prose that goes on",
    "# Heading",
    "```",
    "```py",
    "````",
    "~~~ text",
    "~~~",
    "- item",
    "  - nested",
    "    deep",
    "      deeper",
    "1. one",
    "10) ten",
    "- ```sh",
    "> quote",
    "| a | b |",
    "|---|---|",
    "Setext",
    "---",
    "===",
    "- - -",
    "***",
    "<!-- html",
    "-->",
    "<div>",
    "[ref]: http://example.com",
    "\tcode",
    "   ",
    "x" * (PART + 10),
)

DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(LINE_KINDS), st.sampled_from(("\n", "\n", "\r\n", ""))),
    max_size=30,
).map(lambda lines: "".join(line + end for line, end in lines))
