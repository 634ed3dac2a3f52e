"""What users say, and what the rules take it for."""

import time

import pytest

from mux_tui.core.routing.intent import LONG_WORDS, Intent, intent, tier_of

GOLDEN: dict[Intent, tuple[str, ...]] = {
    "chit_chat": (
        "hi",
        "Hello!",
        "hey there",
        "Good morning, Claude",
        "thanks",
        "Thank you so much!",
        "ok thanks",
        "ok, thanks!",
        "great job",
        "That's perfect, thank you.",
        "how are you?",
        "Hi! How are you today?",
        "Who are you?",
        "what can you do?",
        "which model are you",
        "tell me a joke",
        "Say hello in one sentence.",
        "lol",
        "looks good to me",
        "never mind",
        "bye",
        "thats great",
        "👍",
    ),
    "simple_code": (
        "",
        "fix the typo in README.md",
        "Add a 'try again' button to the error dialog",
        'rename the label "That\'s wrong" to "Invalid"',
        "thanks, now add a test for it",
        "hello world program in rust please",
        "yes",
        "ok",
        "yes, do it",
        "go on",
        "continue",
        "write a function that adds two numbers",
        "what does this function return?",
        "run the tests",
        "list the files in src",
        "make the retry delay configurable",
        "retry logic for the HTTP client, please: three times, one second apart",
        "add a docstring to parse()",
        "convert this loop to a comprehension",
        "The login page does not show the error; fix it",
        "commit the changes",
        "show me how to read a file in Go",
        "change the colour of the header in design.css",
        "sort imports; if a check fails, try again",
        "mach die Tests grün",
        "create a file hello.txt that says hi",
        "test",
        "this is a note: replace foo by bar",
        "that function needs a docstring",
        "it should return None for an empty list",
        "you can delete the old file now",
        "these tests need a fixture",
        "no, keep the old name",
        "the button says wrong instead of right, change the word",
    ),
    "hard_question": (
        "Why does this test fail only on CI?",
        "why is the cache never hit",
        "Design a rate limiter for three regions",
        "refactor the parser into a package",
        "find the race condition in the worker pool",
        "There is a memory leak somewhere, find it",
        "How should we split this service?",
        "Compare the trade-offs of SQLite and Postgres here",
        "review this for security problems",
        "debug the deadlock in pool.py",
        "migrate the whole project to TypeScript",
        "Investigate what changed between 1.2 and 1.3",
        "What is the time complexity of merge()?",
        "Make a.py, b.py, c/d.py and e.py use the new logger",
        "improve the performance of the importer",
        "ultrathink about this",
        "is there a vulnerability in the login code?",
        "flaky test in test_sync.py, please look",
        "please do this. " + "It has to be done in this and that way. " * 60,
    ),
    "try_again": (
        "try again",
        "Please try again.",
        "No, try again",
        "that's wrong",
        "That’s wrong!",
        "no, that is not what I asked for",
        "It doesn't work",
        "it still does not work",
        "still broken",
        "Still failing with the same error",
        "Same error",
        "wrong",
        "Wrong file.",
        "You forgot the tests",
        "you misunderstood me",
        "I asked for tabs, not spaces",
        "not what I meant",
        "this is not correct",
        "redo",
        "do it again",
        "again please",
        "That didn't fix it. The test still hangs in main.",
        "I ran it. Still not working.",
        "your answer is wrong, look at line 3",
        "that failed",
        "you broke the build",
        "give it another try",
        "are you sure?",
        "try a different approach",
        "ugh, this is useless",
        "I told you to leave main.py alone",
        "it crashes now",
        "thats wrong",
        "it doesnt work",
        "this isnt right",
        "you didnt fix it",
        "you're wrong",
    ),
}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [(words, wanted) for wanted, table in GOLDEN.items() for words in table],
)
def test_the_golden_table(words: str, wanted: Intent) -> None:
    assert intent(words) == wanted


def test_the_golden_table_is_no_toy() -> None:
    assert sum(map(len, GOLDEN.values())) >= 100


def test_the_users_own_keywords_mark_hard_questions() -> None:
    assert intent("check the payroll") == "simple_code"
    assert intent("check the payroll", ("payroll",)) == "hard_question"


def test_code_in_the_words_is_not_read_as_words() -> None:
    words = "add a comment here\n```python\n# refactor: why is it wrong?\n```"
    assert intent(words) == "simple_code"


def test_long_prose_is_hard_and_long_code_is_not() -> None:
    line = "x = 1\n"
    code = f"```python\n{line * LONG_WORDS}```\nrename x"
    assert intent(code) == "simple_code"


def test_another_try_asks_for_one_more_than_the_last() -> None:
    assert [tier_of("try_again", last) for last in ("low", "medium", "high", None)] == [
        "medium",
        "high",
        "high",
        "high",
    ]


def test_every_other_intent_has_its_tier() -> None:
    wanted: tuple[Intent, ...] = ("chit_chat", "simple_code", "hard_question")
    assert [tier_of(one, "high") for one in wanted] == ["low", "medium", "high"]


@pytest.mark.parametrize(
    "words",
    ["no " * 400_000, "that is " * 150_000, "'" * 1_000_000, "ok, " * 300_000],
)
def test_a_megabyte_takes_no_time(words: str) -> None:
    """The time does not grow with the square of the text."""
    before = time.process_time()
    intent(words)
    assert time.process_time() - before < 1
