"""What the doctor says of telemetry."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mux_tui.core.config.settings import Settings
from mux_tui.core.config.telemetry import Telemetry
from mux_tui.core.doctor.check import Check
from mux_tui.core.doctor.telemetry import check_telemetry
from tests.core.telemetry.collector import PATIENCE, Collector, collecting


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One in a good mood."""
    with collecting() as one:
        yield one


def on(collector: Collector, **changes: Any) -> Settings:
    """Settings whose telemetry goes to that collector."""
    wanted = Telemetry(enabled=True, endpoint=collector.url, timeout=PATIENCE)
    return Settings(telemetry=replace(wanted, **changes))


async def found(settings: Settings, **variables: str) -> Check:
    """The finding, which there must be."""
    check = await check_telemetry(settings, variables)
    assert check is not None
    return check


async def test_while_it_is_off_nothing_is_asked_and_nothing_said(
    collector: Collector,
) -> None:
    assert await check_telemetry(on(collector, enabled=False), {}) is None
    assert collector.paths == []


async def test_one_empty_delivery_shows_that_a_collector_answers(
    collector: Collector,
) -> None:
    check = await found(on(collector))
    assert (check.id, check.status) == ("telemetry", "ok")
    assert check.summary == f"traces and metrics go to {collector.url}"
    assert collector.paths == ["/v1/traces"]
    assert collector.spans == []


async def test_it_says_that_words_are_sent(collector: Collector) -> None:
    check = await found(on(collector, content=True, metrics=False))
    assert check.summary.startswith("traces go to ")
    assert check.summary.endswith("with the texts of tasks and answers")


async def test_a_collector_that_refuses_is_a_warning_with_two_ways_on(
    collector: Collector,
) -> None:
    collector.status = 401
    check = await found(on(collector))
    assert check.status == "warning"
    assert "did not accept the headers (401)" in check.summary
    assert "telemetry.headers_env" in check.ways[0].does
    assert check.ways[1].command == "mux config set telemetry.enabled false"


async def test_a_variable_that_is_missing_is_a_warning(collector: Collector) -> None:
    check = await found(on(collector, headers_env="TEAM_HEADERS"))
    assert check.status == "warning"
    assert "TEAM_HEADERS" in check.summary
    assert collector.paths == []


async def test_packages_that_are_missing_are_named_with_the_line_to_type(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "mux_tui.core.telemetry.export", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    check = await found(on(collector))
    assert check.status == "warning"
    assert check.ways[0].command == "pip install 'mux-tui[otel]'"


async def test_opentelemetrys_own_off_switch_is_told(collector: Collector) -> None:
    check = await found(on(collector), OTEL_SDK_DISABLED="true")
    assert check.status == "note"
    assert collector.paths == []
