"""Telemetry's settings: checked, and never a project's to choose."""

import pytest

from tests.core.config.conftest import Setup

ON = (
    "[telemetry]\nenabled = true\ncontent = true\n"
    'endpoint = "http://10.0.0.1:4318"\nheaders_env = "TEAM_HEADERS"\n'
)


@pytest.mark.parametrize(
    "line",
    [
        'endpoint = "http://evil.test:4318"',
        'endpoint = ""',
        'headers_env = "AWS_SECRET_ACCESS_KEY"',
        'service_name = "somebody"',
        "timeout = 60",
    ],
)
def test_a_project_names_no_collector_and_no_headers(line: str, setup: Setup) -> None:
    setup.write_user(ON)
    setup.write_project(f"[telemetry]\n{line}\n")
    (problem,) = setup.problems()
    assert "may not be set by a project" in problem


def test_a_project_switches_nothing_on(setup: Setup) -> None:
    setup.write_project("[telemetry]\nenabled = true\ncontent = true\n")
    telemetry = setup.load().settings.telemetry
    assert (telemetry.enabled, telemetry.content) == (False, False)


def test_a_project_may_be_left_out_or_told_of_with_less(setup: Setup) -> None:
    setup.write_user(ON)
    setup.write_project("[telemetry]\ncontent = false\nmetrics = false\n")
    telemetry = setup.load().settings.telemetry
    assert (telemetry.enabled, telemetry.content) == (True, False)
    assert not telemetry.metrics
    setup.write_project("[telemetry]\nenabled = false\n")
    assert not setup.load().settings.telemetry.enabled


def test_variables_and_flags_of_mux_switch_it_on(setup: Setup) -> None:
    assert setup.load(MUX_TELEMETRY_ENABLED="true").settings.telemetry.enabled
    flags = {"telemetry.enabled": "true"}
    assert setup.load(flags).settings.telemetry.enabled


@pytest.mark.parametrize(
    ("endpoint", "clause"),
    [
        ("localhost:4318", "must begin with http:// or https://"),
        ("http://127.0.0.1:4318/v1/traces", "must be the base address"),
        ("https://me:secret@example.com", "must hold no login"),
        ("http://example.com/?key=1", "must have no ? in it"),
    ],
)
def test_an_address_is_a_base_address_without_secrets(
    endpoint: str, clause: str, setup: Setup
) -> None:
    setup.write_user(f'[telemetry]\nendpoint = "{endpoint}"\n')
    (problem,) = setup.problems()
    assert clause in problem
    assert "secret" not in problem


def test_headers_themselves_are_refused_and_not_repeated(setup: Setup) -> None:
    setup.write_user('[telemetry]\nheaders_env = "api-key=abcdefgh"\n')
    (problem,) = setup.problems()
    assert "name of an environment variable" in problem
    assert "abcdefgh" not in problem
