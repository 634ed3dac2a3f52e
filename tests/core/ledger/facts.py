"""Facts to record: one of each, with every field filled in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from mux_tui.core.change import Refusal, digest
from mux_tui.core.exchange import Cut, Exchange
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.run_id import new_run_id
from mux_tui.core.task import (
    Attempt,
    Check,
    Completion,
    Confidence,
    Decision,
    Factor,
    Outcome,
    Task,
    Usage,
    Verdict,
)
from mux_tui.core.work import FileStat, Finding, Work

OWNER = Owner(pid=4242, started=1_700_000_000.25)

VERDICT = Verdict("pass", "1 of 1 checks passed", (Check("python", "pass", "", 0.5),))

USAGE = Usage(
    input_tokens=120,
    output_tokens=34,
    cached_tokens=100,
    reasoning_tokens=4,
    cost_usd=0.5,
)

CONFIDENCE = Confidence(
    0.75, (Factor("finish_reason", "stop", weight=1.1, note="It ended by itself."),)
)


def a_task(text: str = "Say hello.", run_id: str = "") -> Task:
    """A task from the command line."""
    return Task(
        text,
        Path("/home/someone/project"),
        run_id or new_run_id(),
        verify=("grep -q hello",),
        time_limit=60.0,
    )


def a_decision() -> Decision:
    """To the local model, with an input, a flip and fallbacks."""
    return Decision(
        "local",
        "local_preferred",
        "Nothing speaks against the local model.",
        inputs=(Factor("keywords", 0, threshold=1, leans="local"),),
        flips=("One keyword would send it to the cloud.",),
        fallbacks=("claude", "codex"),
        prompt="Say hello.",
    )


def an_attempt(number: int = 1, text: str = "Hello.") -> Attempt:
    """An answer of the local model."""
    return Attempt(
        number,
        "local",
        "chat_completions",
        "starter",
        Completion(
            text,
            "stop",
            model="starter-135m",
            usage=USAGE,
            first_token_seconds=0.25,
            seconds=1.5,
            session_id="session-1",
            notes=("One event was skipped.",),
        ),
        CONFIDENCE,
        VERDICT,
        seconds=1.5,
    )


def a_failure(number: int = 1) -> Attempt:
    """An attempt of a cloud CLI that is not logged in."""
    return Attempt(
        number,
        "claude",
        "claude",
        fault="not_logged_in",
        error="Not logged in.",
        seconds=0.2,
    )


def an_outcome(run_id: str, text: str = "Hello.", *attempts: Attempt) -> Outcome:
    """Done by the local model."""
    return Outcome(
        run_id,
        "done",
        "local_preferred",
        "The local model did it.",
        route="local",
        backend="chat_completions",
        model="starter-135m",
        output=text,
        confidence=CONFIDENCE,
        verdict=VERDICT,
        usage=USAGE,
        attempts=attempts,
        files=("hello.py",),
        retries=1,
        seconds=2.5,
    )


PATCH = """\
diff --git a/src/sum.py b/src/sum.py
--- a/src/sum.py
+++ b/src/sum.py
@@ -1,1 +1,2 @@
 one
+two\r
"""

FINDINGS = (
    Finding("The bound is off by one.", "src/sum.py", 3, True, "It was easy."),
    Finding("Nobody tests it."),
)


def a_work() -> Work:
    """Two files, one in part; a refusal, a command."""
    old, new = digest(b"one\n"), digest(b"one\ntwo\r\n")
    return Work(
        files=(
            FileStat(
                *("src/sum.py", "modify", 1, 0, 3, old, new),
                executable=True,
                confidence=0.9,
                note="An edit was placed by likeness.",
                kept=2,
            ),
            FileStat("new.txt", "add", 4, 0, 1, "", digest(b"new\n")),
        ),
        patch=PATCH,
        refused=(Refusal(".git/hooks/x", "belongs to git"),),
        summary="It adds up now.",
        commands=("pytest -q",),
        notes=("One fence was open.",),
        left_behind=("build/out.bin: is ignored",),
    )


def a_file_decision() -> Decision:
    """As `a_decision`, for file work."""
    return replace(a_decision(), kind="files")


def a_file_outcome(run_id: str, **changes: Any) -> Outcome:
    """As `an_outcome`, for file work that was written."""
    outcome = replace(
        an_outcome(run_id, "Done."),
        work=a_work(),
        findings=FINDINGS,
        applied=True,
        files=("src/sum.py", "new.txt"),
    )
    return replace(outcome, **changes)


def an_exchange(id: str = "01x", **changes: Any) -> Exchange:
    """A turn that the local model answered, every field filled in."""
    exchange = Exchange(
        id,
        "turn",
        "done",
        session_id="session-1",
        agent_id="agent-1",
        model_asked="claude-sonnet-4-5",
        model="starter-135m",
        streamed=True,
        route="local",
        reason="local_preferred",
        sentence="Nothing speaks against the local model.",
        bytes_in=313_423,
        bytes_sent=40_000,
        cuts=(Cut("tool Workflow", "over the budget", 18_800, 0),),
        tokens_sent=12_000,
        tokens_counted=12_010,
        tokens_cached=11_500,
        tokens_out=40,
        first_token_seconds=0.25,
        seconds=1.5,
        stop_reason="tool_use",
        tool_calls=2,
        repairs=1,
        prefix_break="the system prompt changed at byte 7",
        http_status=200,
        error="",
        notes=("Two tools were left out.",),
    )
    return replace(exchange, **changes)
