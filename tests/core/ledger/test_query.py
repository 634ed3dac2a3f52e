"""Any text is a query or one clear error; a query written down reads the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.ledger.query import (
    KEYS,
    MOMENTS,
    NUMBERS,
    PARTS,
    WORDS,
    Moment,
    Number,
    Part,
    Query,
    QueryError,
    Text,
    Words,
)
from mux_tui.core.ledger.query_parse import MOST_CHARACTERS, MOST_CONDITIONS, parse

_HELD = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1
)
_TYPED = st.lists(
    st.sampled_from([*'route:,7d <>=0.6 -"*%_;\0\ud800é漢\u202e\n', *KEYS, "local"])
).map("".join)

_CONDITIONS = st.one_of(
    st.sampled_from(tuple(WORDS)).flatmap(
        lambda key: st.builds(
            Words,
            st.just(key),
            st.lists(st.sampled_from(WORDS[key]), min_size=1).map(tuple),
            st.booleans(),
        )
    ),
    st.builds(
        Part,
        st.sampled_from(PARTS),
        st.lists(_HELD, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(
        Number,
        st.sampled_from(NUMBERS),
        st.sampled_from(("<", "<=", "=", ">=", ">")),
        st.floats(0, 1e300),
        st.booleans(),
    ),
    st.builds(
        Moment,
        st.sampled_from(MOMENTS),
        st.sampled_from(("7d", "30m", "today", "2026-11-01", "2026-11-01T09:30")),
        st.booleans(),
    ),
    st.builds(Text, _HELD.map("a".__add__), st.booleans(), st.booleans()),
)


@given(st.lists(_CONDITIONS, max_size=6).map(tuple))
def test_a_query_written_down_and_read_again_is_the_same(
    conditions: tuple[Words | Part | Number | Moment | Text, ...],
) -> None:
    query = Query(conditions)
    assert parse(str(query)) == query


@given(st.one_of(st.text(), _TYPED))
def test_any_text_is_a_query_or_the_one_error(text: str) -> None:
    query, error = attempt(text)
    assert error is None or 0 <= error.position <= len(text)
    assert "\n" not in str(error)
    assert query is None or parse(str(query)) == query


def attempt(text: str) -> tuple[Query | None, QueryError | None]:
    """The query, or why there is none."""
    try:
        return parse(text), None
    except QueryError as error:
        return None, error


def test_everything_that_can_be_asked_is_read() -> None:
    text = (
        "route:claude,LOCAL Status:failed since:7d until:2026-11-01 conf<0.6 conf>=.8 "
        'seconds>10 cost>0.01 tokens>10k model:qwen file:auth/ repo:"my shop" '
        'is:escalated -route:local "a phrase" -"not this" word prefix* -gone '
        "files:yes applied:No path:src/*.py"
    )
    assert parse(text.replace(">=.8", ">=0.8")).conditions == (
        Words("route", ("claude", "local")),
        Words("status", ("failed",)),
        Moment("since", "7d"),
        Moment("until", "2026-11-01"),
        Number("conf", "<", 0.6),
        Number("conf", ">=", 0.8),
        Number("seconds", ">", 10),
        Number("cost", ">", 0.01),
        Number("tokens", ">", 10_000),
        Part("model", ("qwen",)),
        Part("file", ("auth/",)),
        Part("repo", ("my shop",)),
        Words("is", ("escalated",)),
        Words("route", ("local",), negated=True),
        Text("a phrase"),
        Text("not this", negated=True),
        Text("word"),
        Text("prefix", prefix=True),
        Text("gone", negated=True),
        Words("files", ("yes",)),
        Words("applied", ("no",)),
        Part("path", ("src/*.py",)),
    )


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\0"])
def test_a_blank_query_means_every_run(text: str) -> None:
    assert parse(text) == Query()


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("fix rout:claude", 4, "there is no key rout.*Did you mean route"),
        ("https://example.org", 0, "no key https.*Put the words into quotes"),
        ("route:", 6, "route has no value"),
        ("route:claude,", 13, "route has no value"),
        ("route:claud", 6, "route is never claud.*Did you mean claude"),
        ("status:nice", 7, "status is never nice.*It is one of running, done"),
        ("route>3", 5, "route is not a number"),
        ("conf:0.6", 4, "conf is compared.*conf<0.6"),
        ("conf<", 5, "conf has no number"),
        ("seconds>soon", 8, "soon is not a number.*seconds>10"),
        ("cost>1e308k", 5, "1e308k is not a number"),
        ("cost>-1", 5, "-1 is not a number"),
        ("tokens>²", 7, "² is not a number"),
        ("since:tomorrow", 6, "tomorrow is not a time.*7d"),
        ("since:2026-13-01", 6, "is not a time"),
        ("since:0001-01-01", 6, "is not a time"),
        ('a "b', 2, "a quote is not closed"),
        ('"a"b', 3, "a space is missing"),
        ("-", 0, "no letter or digit"),
        ("++", 0, "no letter or digit"),
        ("*", 0, "no letter or digit"),
        ("x " * MOST_CHARACTERS, MOST_CHARACTERS, "too long"),
        ("x " * (MOST_CONDITIONS + 1), MOST_CONDITIONS * 2, "at most"),
    ],
)
def test_a_query_that_cannot_be_read_says_where_and_what_would_be_right(
    text: str, position: int, words: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.position == position
    assert f"at character {position + 1}" in str(caught.value)
    assert re.search(words, str(caught.value))


def test_an_error_shows_no_control_bytes() -> None:
    with pytest.raises(QueryError) as caught:
        parse("route:\x1b[2J")
    assert "\x1b" not in str(caught.value)
