"""Telemetry of `mux` as a process: what arrives, and what the streams show."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.cli.muxing import Ended, World, model_server
from tests.core.telemetry.collector import PATIENCE, Collector, collecting

QUESTION = "What is a context manager?"
SENTENCE = "The quick brown fox jumps over the lazy dog."

_PATIENT = """\
import sys
from mux_tui.core.telemetry import sender
sender.LEAVING_SECONDS = {limit}
from mux_tui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""mux, which waits longer for its last delivery: a test may run on a slow machine."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One in a good mood."""
    with collecting() as one:
        yield one


def patient(
    world: World, collector: Collector, *arguments: str, limit: float = PATIENCE
) -> Ended:
    """A `mux` whose telemetry goes to the collector, to its end."""
    world.variables |= {
        "MUX_TELEMETRY_ENABLED": "true",
        "MUX_TELEMETRY_ENDPOINT": collector.url,
        "MUX_TELEMETRY_TIMEOUT": str(PATIENCE),
    }
    done = subprocess.run(
        [sys.executable, "-c", _PATIENT.format(limit=limit), *arguments],
        env=world.environment,
        cwd=world.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_run_ends_with_its_trace_delivered_and_stdout_untouched(
    world: World, collector: Collector
) -> None:
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        ended = patient(world, collector, "run", "--json", QUESTION)
    assert ended.code == 0
    assert ended.finished["output"] == SENTENCE
    assert collector.paths == ["/v1/traces", "/v1/metrics"]
    child, root = collector.spans
    assert root.name == "invoke_agent mux"
    assert root.attributes["mux.run.id"] == ended.finished["run_id"]
    assert child.parent == root.id
    assert child.attributes["gen_ai.usage.output_tokens"] == 7


def test_a_collector_that_refuses_is_one_line_after_the_answer(
    world: World, collector: Collector
) -> None:
    collector.status = 401
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        ended = patient(world, collector, "run", "-q", QUESTION)
    assert (ended.code, ended.out) == (0, f"{SENTENCE}\n")
    assert "did not accept the headers (401)" in " ".join(ended.err.split())
    assert ended.err.count("mux: ") == 1


def test_what_the_sdk_logs_is_seen_by_nobody(
    world: World, collector: Collector
) -> None:
    """Importing it logs a traceback, where a variable names what is not there."""
    world.variables["OTEL_PYTHON_CONTEXT"] = "no-such-context"
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        ended = patient(world, collector, "run", "-q", QUESTION)
        checked = patient(world, collector, "doctor", "-q")
    assert (ended.code, ended.out, ended.err) == (0, f"{SENTENCE}\n", "")
    assert "Traceback" not in checked.err
    assert collector.spans


def test_a_collector_that_hangs_keeps_no_mux(
    world: World, collector: Collector
) -> None:
    """It ends, and with the answer's exit code, while the collector still hangs.

    Whether it was reached at all in that time does not matter.
    """
    collector.mood = "hang"
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        ended = patient(world, collector, "run", "-q", QUESTION, limit=0.2)
    assert (ended.code, ended.out) == (0, f"{SENTENCE}\n")
    assert not collector.may_go.is_set()
    assert "did not take it before mux ended" in " ".join(ended.err.split())


def test_standard_variables_alone_send_nothing(
    world: World, collector: Collector
) -> None:
    world.variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url
    with model_server() as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        assert world.mux("run", "-q", QUESTION).code == 0
    assert collector.paths == []


def test_the_doctor_says_where_telemetry_goes(
    world: World, collector: Collector
) -> None:
    ended = patient(world, collector, "doctor", "--json")
    checks = {check["id"]: check for check in json.loads(ended.out)["checks"]}
    assert checks["telemetry"]["status"] == "ok"
    assert collector.url in checks["telemetry"]["summary"]
