"""The page on telemetry names everything that is sent, and every way to fail."""

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

from mux_tui.core import genai
from mux_tui.core.errors import BackendFault
from mux_tui.core.telemetry import target
from mux_tui.core.telemetry.exchange_spans import told_of_exchange
from mux_tui.core.telemetry.facts import ExchangeFacts, RunFacts, Terms
from mux_tui.core.telemetry.run_spans import told_of_run
from tests.core.ledger.facts import (
    a_decision,
    a_failure,
    a_file_outcome,
    a_task,
    an_attempt,
    an_exchange,
)

PAGE = (Path(__file__).parents[3] / "docs" / "telemetry.md").read_text()
CODE = set(re.findall(r"`([^`\n]+)`", PAGE))
EVERYTHING = Terms(content=True, address="gpu.lan", port=8080)


def test_every_attribute_event_and_metric_is_named() -> None:
    outcome = replace(
        a_file_outcome("r1"), attempts=(an_attempt(1), a_failure(2)), status="failed"
    )
    task = replace(a_task(run_id="r1"), replay_of="r0")
    run = told_of_run(RunFacts(task, a_decision(), outcome, 1.0, 2.0), EVERYTHING)
    failed = an_exchange("x1", status="failed", http_status=500)
    request = told_of_exchange(ExchangeFacts(failed, 2.0), EVERYTHING)
    spans = (run.span, *run.span.children, request.span)
    sent = {name for span in spans for name in span.attributes}
    sent |= {event.name for event in run.span.events}
    sent |= {name for event in run.span.events for name in event.attributes}
    for measure in (*run.measures, *request.measures):
        sent |= {measure.metric, *measure.attributes}
    assert sent - CODE == set()


def test_every_fault_of_an_attempt_is_named() -> None:
    assert set(get_args(BackendFault)) - CODE == set()


def test_every_variable_that_is_read_is_named() -> None:
    read = {v for v in vars(target).values() if isinstance(v, str) and "OTEL_" in v}
    named = {name for name in read if re.fullmatch("[A-Z_]+", name)}
    assert named
    assert named - CODE == set()


def test_names_of_conventions_are_spelt_once() -> None:
    spelt = [v for k, v in vars(genai).items() if k.isupper()]
    assert len(spelt) == len(set(spelt))
