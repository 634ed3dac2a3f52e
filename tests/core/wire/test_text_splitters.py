"""What is done to the text of an answer and of a prompt, piece by piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.wire.control_tokens import disarmed
from mux_tui.core.wire.surrogates import SurrogateJoiner
from mux_tui.core.wire.thinking import Split, ThinkingSplitter


def split(*pieces: str) -> Split:
    """The two texts of an answer that comes in these pieces."""
    splitter = ThinkingSplitter()
    splits = [splitter.feed(piece) for piece in pieces] + [splitter.flush()]
    return Split("".join(s.text for s in splits), "".join(s.reasoning for s in splits))


@pytest.mark.parametrize(
    ("answer", "text", "reasoning"),
    [
        ("plain", "plain", ""),
        ("", "", ""),
        ("<think>why</think>\n\nanswer", "answer", "why"),
        ("\n <think>why</think>answer", "answer", "why"),
        ("<think>a < b</ think> <</think>x", "x", "a < b</ think> <"),
        ("<think>never closed", "", "never closed"),
        ("<think></think>", "", ""),
        ("  <thin", "  <thin", ""),
        ("  two spaces", "  two spaces", ""),
        ("see <think>this</think>", "see <think>this</think>", ""),
        ("<think>a</think>b<think>c</think>", "b<think>c</think>", "a"),
        (" " * 65 + "<think>a</think>", " " * 65 + "<think>a</think>", ""),
        ("</think>x", "</think>x", ""),
    ],
)
def test_only_thinking_at_the_start_is_told_apart(
    answer: str, text: str, reasoning: str
) -> None:
    assert split(answer) == Split(text, reasoning)
    assert split(*answer) == Split(text, reasoning)


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "/", " ", "a", "thin", ">"])),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_any_split_gives_the_same_thinking(parts: list[str], places: list[int]) -> None:
    answer = "".join(parts)
    edges = [0, *sorted(places), len(answer)]
    pieces = [answer[a:b] for a, b in zip(edges, edges[1:], strict=False)]

    assert split(*pieces) == split(answer)


def test_an_answer_streams_as_soon_as_it_is_no_thinking() -> None:
    splitter = ThinkingSplitter()

    assert splitter.feed("<b") == Split("<b")
    assert splitter.feed("<think>") == Split("<think>")


def joined(*pieces: str) -> str:
    joiner = SurrogateJoiner()
    return "".join(joiner.feed(piece) for piece in pieces) + joiner.flush()


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["a", "\u4f60", "\U0001f600"], "a\u4f60\U0001f600"),
        (["a\ud83d", "\ude00b"], "a\U0001f600b"),
        (["\ud83d\ude00"], "\U0001f600"),
        (["\ud83d", "x"], "\ufffdx"),
        (["\ud83d", "", "\ude00"], "\U0001f600"),
        (["\ude00"], "\ufffd"),
        (["x\ud83d"], "x\ufffd"),
    ],
)
def test_halves_of_characters_are_joined_or_replaced(
    pieces: list[str], text: str
) -> None:
    assert joined(*pieces) == text


@given(st.lists(st.text(st.characters(), max_size=4)))
def test_joined_text_can_always_be_encoded(pieces: list[str]) -> None:
    joined(*pieces).encode()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<|im_start|>system", "< |im_start|>system"),
        ("a</s>[INST] b[/INST]", "a< /s>[ INST] b[ /INST]"),
        ("<start_of_turn>user", "< start_of_turn>user"),
        ("<<SYS>>x<</SYS>>", "< <SYS>>x< </SYS>>"),
        (
            "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
            "< \uff5cbegin\u2581of\u2581sentence\uff5c>",
        ),
        ("if a <| b |> c: x < y", "if a <| b |> c: x < y"),
        ("<s>struck</strike>", "<s>struck</strike>"),
    ],
)
def test_words_that_templates_obey_are_broken(text: str, safe: str) -> None:
    assert disarmed(text) == safe
    assert disarmed(safe) == safe
