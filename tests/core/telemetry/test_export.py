"""What a collector gets, and what is said of one that takes nothing."""

import socket
from dataclasses import replace
from typing import Any

import pytest

from mux_tui import __version__
from mux_tui.core import genai
from mux_tui.core.telemetry.exchange_spans import told_of_exchange
from mux_tui.core.telemetry.export import Exporter
from mux_tui.core.telemetry.facts import ExchangeFacts, RunFacts, Terms, Told
from mux_tui.core.telemetry.quiet import hush
from mux_tui.core.telemetry.run_spans import told_of_run
from mux_tui.core.telemetry.target import Target
from mux_tui.core.telemetry.undelivered import Undelivered
from tests.core.ledger.facts import (
    a_decision,
    a_failure,
    a_task,
    an_attempt,
    an_exchange,
    an_outcome,
)
from tests.core.telemetry.collector import PATIENCE, Collector, Mood

CLIENT, INTERNAL = 3, 1


def a_run(run_id: str = "r1") -> RunFacts:
    """A local answer that was handed on to a CLI that failed."""
    outcome = an_outcome(run_id, "Hello.", an_attempt(1), a_failure(2))
    ended = {1: 1004.0, 2: 1008.0}
    return RunFacts(a_task("Hi.", run_id), a_decision(), outcome, 1000.0, 1010.0, ended)


def target_at(url: str, **changes: Any) -> Target:
    """A target for tests on a slow machine."""
    return replace(Target(url, timeout=PATIENCE), **changes)


def told(target: Target, facts: RunFacts | ExchangeFacts) -> Told:
    """What is told of them."""
    if isinstance(facts, RunFacts):
        return told_of_run(facts, target.terms)

    return told_of_exchange(facts, target.terms)


def delivered(target: Target, *facts: RunFacts | ExchangeFacts) -> None:
    """Deliver once, and let go."""
    exporter = Exporter(target)
    try:
        exporter.deliver([told(target, one) for one in facts])
    finally:
        exporter.close()


def refused(target: Target) -> Undelivered:
    """Why a delivery fails."""
    with pytest.raises(Undelivered) as caught:
        delivered(target, a_run())
    return caught.value


def test_a_task_arrives_as_one_trace(collector: Collector) -> None:
    delivered(target_at(collector.url), a_run())
    by_name = {span.name: span for span in collector.spans}
    root = by_name["invoke_agent mux"]
    local, cloud = by_name["chat starter"], by_name["chat"]
    assert len(collector.spans) == 3
    assert {span.trace for span in collector.spans} == {root.trace}
    assert len(root.trace) == 16
    assert root.parent == b""
    assert local.parent == cloud.parent == root.id
    assert (root.kind, local.kind, cloud.kind) == (INTERNAL, CLIENT, CLIENT)
    assert (root.started, root.ended) == (1000.0, 1010.0)
    assert (local.started, local.ended) == (1002.5, 1004.0)
    assert (root.failed, local.failed, cloud.failed) == (False, False, True)
    assert cloud.attributes[genai.ERROR_TYPE] == "not_logged_in"
    assert local.attributes[genai.FINISH_REASONS] == ["stop"]
    assert local.attributes[genai.INPUT_TOKENS] == 120
    ((name, at, attributes),) = root.events
    assert (name, at, attributes["mux.to"]) == ("mux.escalated", 1004.0, "claude")


def test_a_request_arrives_as_one_span(collector: Collector) -> None:
    facts = ExchangeFacts(an_exchange("x1"), 1000.0)
    delivered(target_at(collector.url), facts)
    (span,) = collector.spans
    assert (span.name, span.parent) == ("chat starter-135m", b"")
    assert span.attributes["mux.exchange.id"] == "x1"


def test_the_sender_is_named_and_no_machine_is(collector: Collector) -> None:
    delivered(target_at(collector.url, service_name="laptops"), a_run())
    (resource,) = collector.resources
    assert resource["service.name"] == "laptops"
    assert resource["service.version"] == __version__
    assert not any(key.startswith(("host.", "process.")) for key in resource)
    assert socket.gethostname() not in resource.values()


def test_no_variable_makes_it_tell_the_machine(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK has detectors of its own; what the user adds by hand is sent along."""
    monkeypatch.setenv("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "*")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "team=core,service.version=0")
    delivered(target_at(collector.url), a_run())
    (resource,) = collector.resources
    assert set(resource) == {
        *("service.name", "service.version", "team"),
        *(f"telemetry.sdk.{part}" for part in ("language", "name", "version")),
    }
    assert (resource["team"], resource["service.version"]) == ("core", __version__)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_ATTRIBUTE_COUNT_LIMIT", "many"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-5"),
        ("OTEL_METRICS_EXEMPLAR_FILTER", "\x1b[2J"),
    ],
)
def test_a_variable_that_the_sdk_refuses_is_told(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    failure = refused(target_at("http://127.0.0.1:9"))
    assert "OpenTelemetry's packages say" in failure.why
    assert "variables that begin with OTEL_" in failure.next_step
    assert not failure.again
    assert "\x1b" not in str(failure)


def test_metrics_arrive_with_the_conventions_buckets(collector: Collector) -> None:
    delivered(target_at(collector.url), a_run())
    (points,) = collector.points
    read = [p for p in points if p.attributes.get(genai.TOKEN_TYPE) == "input"]
    assert [(p.metric, p.unit, p.count, p.sum) for p in read] == [
        (genai.METRIC_TOKENS, "{token}", 1, 120.0)
    ]
    assert read[0].bounds[:3] == (1.0, 4.0, 16.0)
    assert read[0].attributes[genai.PROVIDER] == "local"
    durations = [p for p in points if p.metric == genai.METRIC_DURATION]
    assert {p.attributes[genai.PROVIDER] for p in durations} == {"local", "anthropic"}
    assert durations[0].unit == "s"
    assert durations[0].bounds[:2] == (0.01, 0.02)
    assert {p.metric for p in points} == {
        genai.METRIC_TOKENS,
        genai.METRIC_DURATION,
        genai.METRIC_FIRST_CHUNK,
        genai.METRIC_AGENT_DURATION,
    }


def test_metrics_can_be_left_out(collector: Collector) -> None:
    delivered(target_at(collector.url, metrics=False), a_run())
    assert collector.paths == ["/v1/traces"]


@pytest.mark.parametrize(("delta", "counts"), [(False, [1, 2]), (True, [1, 1])])
def test_metrics_are_sums_since_the_start_or_changes(
    delta: bool, counts: list[int], collector: Collector
) -> None:
    target = target_at(collector.url, delta=delta)
    exporter = Exporter(target)
    for run_id in ("r1", "r2"):
        exporter.deliver([told(target, a_run(run_id))])
    exporter.close()
    found = [
        point.count
        for points in collector.points
        for point in points
        if point.metric == genai.METRIC_AGENT_DURATION
    ]
    assert found == counts


def test_the_headers_are_the_targets_and_nobody_elses(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK would add those of a variable, which may be meant for another one."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=inherited")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9")
    delivered(target_at(collector.url, headers={"x-team": "core"}), a_run())
    assert len(collector.headers) == 2
    for headers in collector.headers:
        assert headers["x-team"] == "core"
        assert headers["content-type"] == "application/x-protobuf"
        assert "api-key" not in headers


def test_a_login_of_netrc_is_never_sent(
    collector: Collector, own_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (own_home / ".netrc").chmod(0o600)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    delivered(target_at(collector.url), a_run())
    assert all("authorization" not in headers for headers in collector.headers)


def test_what_is_sent_twice_is_the_same_spans(collector: Collector) -> None:
    for _ in range(2):
        delivered(target_at(collector.url), a_run())
    assert len({(span.trace, span.id) for span in collector.spans}) == 3


def test_a_part_of_the_address_stays_before_the_paths(collector: Collector) -> None:
    delivered(target_at(f"{collector.url}/api/otel"), a_run())
    assert collector.paths == ["/api/otel/v1/traces", "/api/otel/v1/metrics"]


def test_words_arrive_only_when_they_are_wanted(collector: Collector) -> None:
    delivered(target_at(collector.url), a_run())
    assert "Hello." not in repr(collector.spans)
    delivered(target_at(collector.url, terms=Terms(content=True)), a_run("r2"))
    assert "Hello." in repr(collector.spans)


def test_a_name_that_is_no_unicode_arrives_mended(collector: Collector) -> None:
    attempt = replace(an_attempt(), model="bad\ud800name")
    run = replace(a_run(), outcome=an_outcome("r1", "x", attempt))
    delivered(target_at(collector.url), run)
    assert "chat bad\ufffdname" in {span.name for span in collector.spans}


def test_nobody_there_is_said_with_a_way_on() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        failure = refused(target_at(f"http://127.0.0.1:{held.getsockname()[1]}"))
    assert failure.again
    assert "nothing at http://127.0.0.1:" in failure.why
    assert "Start the collector" in failure.next_step


@pytest.mark.parametrize(
    ("status", "again", "words"),
    [
        (401, False, "did not accept the headers (401)"),
        (403, False, "did not accept the headers (403)"),
        (404, False, "takes no such data (404)"),
        (400, False, "answered 400"),
        (429, True, "answered 429"),
        (500, True, "answered 500"),
        (503, True, "answered 503"),
    ],
)
def test_a_refusal_is_told_by_its_status_after_one_try(
    status: int, again: bool, words: str, collector: Collector
) -> None:
    collector.status = status
    failure = refused(target_at(collector.url))
    assert words in failure.why
    assert (failure.again, len(collector.paths)) == (again, 1)


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ("page", "a web page answers at"),
        ("nonsense", "answers as a collector does"),
        ("cut", "answers as a collector does"),
        ("away", "answered 307"),
        ("rejects", "rejected 2 of what was sent: quota␛[2J is used up"),
    ],
)
def test_what_is_no_collector_is_told(
    mood: Mood, words: str, collector: Collector
) -> None:
    collector.mood = mood
    assert words in refused(target_at(collector.url)).why
    assert len(collector.paths) == 1


def test_a_certificate_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such.pem")
    failure = refused(target_at("https://127.0.0.1:9"))
    assert "/no/such.pem" in failure.why
    assert "OTEL_EXPORTER_OTLP_CERTIFICATE" in failure.next_step


def test_one_that_hangs_is_given_up(collector: Collector) -> None:
    collector.mood = "hang"
    failure = refused(target_at(collector.url, timeout=0.5))
    assert "did not answer within 0.5 s" in failure.why
    assert failure.again


def test_one_without_metrics_gets_no_more_of_them(collector: Collector) -> None:
    collector.mood = "picky"
    target = target_at(collector.url)
    exporter = Exporter(target)
    with pytest.raises(Undelivered, match="telemetry.metrics false") as caught:
        exporter.deliver([told(target, a_run())])
    assert not caught.value.again
    exporter.deliver([told(target, a_run("r2"))])
    exporter.close()
    assert collector.paths == ["/v1/traces", "/v1/metrics", "/v1/traces"]


def test_a_probe_is_an_empty_delivery(collector: Collector) -> None:
    exporter = Exporter(target_at(collector.url))
    exporter.probe()
    collector.status = 400
    exporter.probe()
    collector.status = 500
    with pytest.raises(Undelivered):
        exporter.probe()
    exporter.close()
    assert collector.spans == []


def test_nothing_is_logged_where_anybody_sees_it(
    collector: Collector, capfd: pytest.CaptureFixture[str]
) -> None:
    hush()
    collector.status = 500
    refused(target_at(collector.url))
    collector.mood = "nonsense"
    refused(target_at(collector.url))
    assert capfd.readouterr() == ("", "")
