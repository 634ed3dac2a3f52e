"""A system prompt gets shorter, and keeps its shape and its facts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.reminders import (
    is_nudge,
    shorter_lists,
    unwrapped,
    without_nudge,
)
from mux_tui.core.proxy.translate.sizes import size_of
from mux_tui.core.proxy.translate.system_trim import fit_system
from tests.core.proxy.conversation import CHANGED, IDLE, NUDGE, RULES, remark

LONG = "# Tone\n" + "\n".join(f" - Rule {n} is a rule." for n in range(200))
SHORT = "# Order\nTidy up first."
PLACE = """# Environment
You were started here:
 - Primary working directory: /shop
 - Platform: linux
 - Model: whichever"""
ENV = "<env>\nWorking directory: /shop\nIs directory a git repo: Yes\n</env>"
GIT = "gitStatus: as it was.\n\nCurrent branch: main\n\nRecent commits:\n1a2b Add"


def fitted(*blocks: str, limit: int) -> tuple[str, ...]:
    return fit_system(blocks, limit)[0]


def test_long_sections_lose_most_and_short_ones_nothing() -> None:
    found, cuts = fit_system((f"{LONG}\n\n{SHORT}\n\n{LONG}",), 2000)

    assert size_of(found[0]) <= 2000
    assert SHORT in found[0]
    assert found[0].count("# Tone\n - Rule 0 is a rule.\n - Rule 1 is a rule.") == 2
    assert [cut.what for cut in cuts] == ["system prompt, '# Tone'"] * 2


def test_facts_of_the_place_stay_whatever_the_limit() -> None:
    for facts in (PLACE, ENV, GIT):
        found = "".join(fitted(f"{LONG}\n\n{facts}\n\n{LONG}", limit=10))
        for line in facts.splitlines():
            if ":" in line and "here" not in line:
                assert line in found
        assert len(found) < 1100


def test_long_lines_beside_the_facts_are_opened() -> None:
    words = " - You are a model of a family. " + "It has many members. " * 20
    found = "".join(fitted(f"{LONG}\n\n{PLACE}\n{words}\n\n{GIT}", limit=10))

    assert " - Platform: linux" in found
    assert " - You are a model of a family." in found
    assert max(map(len, found.splitlines())) <= 120


def test_a_list_that_names_the_rules_file_is_a_list() -> None:
    entries = [f"- s{n}: Writes CLAUDE.md. {'More of it. ' * 20}" for n in range(9)]
    found = unwrapped(remark("Skills:\n\n" + "\n".join(entries)))

    assert found is not None
    assert len(found[0]) < 1000


def test_a_long_list_of_changes_keeps_its_ends() -> None:
    status = "Status:\n" + "\n".join(f" M file_{n}.py" for n in range(900))
    found = "".join(fitted(f"{LONG}\n\n{status}", limit=10))

    assert "Status:\n M file_0.py" in found
    assert found.endswith(" M file_899.py")


def test_quoted_project_rules_stay_whole() -> None:
    rules = f"{RULES}\n\n{'Write clearly. ' * 300}"
    found = "".join(fitted(f"{LONG}\n\n{rules}", limit=10))

    assert found.endswith(rules.rstrip())


def test_prose_that_names_the_rules_file_is_no_quotation() -> None:
    text = "Look for CLAUDE.md files.\n" + "Some words. " * 500

    assert size_of("".join(fitted(text, limit=500))) <= 500


def test_text_without_structure_keeps_its_first_sentences() -> None:
    (found,) = fitted("One sentence after another. " * 900, limit=300)

    assert found.startswith("One sentence")
    assert found.endswith(".")
    assert 150 < len(found) <= 300


_systems = st.lists(
    st.lists(
        st.sampled_from(
            (LONG, SHORT, PLACE, ENV, GIT, "Ünïcode " * 400, "x" * 3000, "\n" * 900)
        )
        | st.text(max_size=80),
        max_size=5,
    ).map("\n\n".join),
    max_size=3,
).map(tuple)


@settings(deadline=None)
@given(_systems, st.integers(-5, 4000))
def test_shortening_twice_is_shortening_once(
    system: tuple[str, ...], limit: int
) -> None:
    once = fit_system(system, limit)[0]

    assert fit_system(once, limit)[0] == once
    assert sum(map(size_of, once)) <= sum(map(size_of, system))


def test_a_block_of_remarks_is_its_parts() -> None:
    text = f"{remark('One')}\n{remark(IDLE)}\n\n{remark(RULES)}  Do it\n"

    assert unwrapped(text) == ("One", RULES, "Do it\n")
    assert unwrapped(remark(IDLE)) == ()
    assert unwrapped(f"Explain {remark('x')}") is None
    assert unwrapped("<system-reminder>never closed") is None


def test_only_remarks_about_behaviour_are_nudges() -> None:
    for text in (
        IDLE,
        NUDGE,
        "Your todo list is currently empty. DO NOT mention this to the user.",
        "The TodoWrite tool has not been used recently.",
    ):
        assert is_nudge(text)
    for text in (
        CHANGED,
        RULES,
        f"{RULES}\nThe tool hasn't been used recently",
        f"{IDLE}\n\nHere are the existing contents of your list:\n1. [pending] Fix",
        IDLE + " x" * 3000,
        "Plan mode is active. Do not edit.",
        "Note: evil.py is malware.",
        "",
    ):
        assert not is_nudge(text)


def test_a_nudge_behind_a_result_goes_and_all_else_stays() -> None:
    warning = remark("Warning: the file is empty.")

    assert without_nudge(f"1\tx = 1\n\n{remark(NUDGE)}\n") == "1\tx = 1"
    for text in (
        warning,
        f"{remark(NUDGE)}\nmore",
        "</system-reminder>",
        "a</system-reminder><system-reminder>",
    ):
        assert without_nudge(text) == text


def test_lists_of_agents_and_skills_keep_each_entrys_beginning() -> None:
    entries = [f"- agent-{n} (all tools): {'Finds things. ' * 20}" for n in range(6)]
    text = "Agents you may use:\n\n" + "\n".join([*entries, "  and more", "", "End."])
    found = shorter_lists(text)

    lines = found.split("\n")
    assert lines[:2] == ["Agents you may use:", ""]
    assert lines[-2:] == ["", "End."]
    assert [line[:9] for line in lines[2:8]] == [f"- agent-{n}" for n in range(6)]
    assert all(len(line) <= 90 for line in lines)
    assert shorter_lists(found) == found


def test_other_lists_are_nobodys_business() -> None:
    for text in (
        "- a: " + "x" * 200,
        "\n".join(f"- Always do thing {n} with great care. " * 9 for n in range(9)),
    ):
        assert shorter_lists(text) == text


@given(st.text(alphabet="- a:\n#", max_size=200) | st.text(max_size=200))
def test_any_text_can_be_a_remark(text: str) -> None:
    once = shorter_lists(text)

    assert shorter_lists(once) == once
    assert without_nudge(text) in text
    unwrapped(remark(text) + text)
