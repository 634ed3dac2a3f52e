"""Results that are long, or that no encoding carries."""

import json

from mux_tui.core.mcp_documents import as_document
from mux_tui.core.task import Outcome
from mux_tui.core.work import FileStat, Work
from mux_tui.mcp.results import as_text, failed, of_outcome

FILE = FileStat("a.py", "modify", 1, 1, 1, "", "")


def outcome(output: str = "", work: Work | None = None) -> Outcome:
    return Outcome("r1", "done", "local_preferred", "done", output=output, work=work)


def test_an_answer_that_is_too_long_is_cut_and_says_so() -> None:
    told = of_outcome(outcome("x" * 10_000_000), ())
    assert len(told.output) < 300_000
    assert "mux://runs/r1" in told.notes[0]
    assert told.notes[0] in as_text(told)


def test_half_a_patch_is_never_sent() -> None:
    told = of_outcome(outcome(work=Work((FILE,), "+" * 1_000_000)), ())
    assert told.patch == ""
    assert "mux ledger show --patch r1" in told.notes[0]


def test_text_that_no_encoding_carries_is_mended() -> None:
    told = of_outcome(outcome("a \ud800 b"), ("\udfff",))
    assert told.output == "a ? b"
    assert b"a ? b" in json.dumps(as_document(told), ensure_ascii=False).encode()


def test_what_was_asked_for_is_kept_with_what_was_done_instead() -> None:
    told = of_outcome(outcome("answer"), ("apply is never and not auto",))
    assert told.notes == ("apply is never and not auto",)
    assert not failed(told)


def test_a_patch_is_what_a_client_without_documents_sees() -> None:
    told = of_outcome(outcome("raw", Work((FILE,), "--- a/a.py\n")), ())
    assert as_text(told).startswith("--- a/a.py\n")
    assert "git apply" in told.next_step
