"""Where telemetry goes, from settings and from the standard variables."""

from dataclasses import replace
from typing import Any

import pytest

from mux_tui.core.config.settings import Ledger, LocalProvider, Providers, Settings
from mux_tui.core.config.telemetry import Telemetry
from mux_tui.core.errors import ConfigError
from mux_tui.core.telemetry.facts import Terms
from mux_tui.core.telemetry.target import Target, target_of

STANDARD = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.example.com/otel/",
    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=abc%3D,X-Team=core",
    "OTEL_SERVICE_NAME": "laptops",
}


def on(**changes: Any) -> Settings:
    """Settings with telemetry switched on."""
    return Settings(telemetry=Telemetry(enabled=True, **changes))


def target(settings: Settings, **variables: str) -> Target:
    """Where that goes."""
    found = target_of(settings, variables)
    assert found is not None
    return found


def test_it_is_off_by_default() -> None:
    assert target_of(Settings(), {}) is None


def test_no_inherited_variable_switches_it_on() -> None:
    assert target_of(Settings(), STANDARD) is None


def test_an_address_alone_does_not_switch_it_on() -> None:
    settings = Settings(telemetry=Telemetry(endpoint="http://127.0.0.1:4318"))
    assert target_of(settings, {}) is None


def test_the_usual_address_is_this_machines() -> None:
    found = target(on())
    assert (found.endpoint, found.service_name) == ("http://127.0.0.1:4318", "mux")
    assert found.headers == {}
    assert found.terms == Terms()


def test_once_it_is_on_the_standard_variables_fill_in() -> None:
    found = target(on(), **STANDARD)
    assert found.endpoint == "https://otlp.example.com/otel"
    assert found.headers == {"api-key": "abc=", "x-team": "core"}
    assert found.service_name == "laptops"


def test_settings_win_over_the_standard_variables() -> None:
    settings = on(endpoint="http://10.0.0.1:4318", service_name="ours")
    found = target(settings, **STANDARD)
    assert (found.endpoint, found.service_name) == ("http://10.0.0.1:4318", "ours")


def test_standard_headers_go_to_the_standard_address_alone() -> None:
    """They may hold a key of that collector's."""
    assert target(on(endpoint="http://10.0.0.1:4318"), **STANDARD).headers == {}


def test_headers_come_out_of_the_variable_that_is_named() -> None:
    settings = on(endpoint="http://10.0.0.1:4318", headers_env="TEAM_HEADERS")
    found = target(settings, TEAM_HEADERS="authorization=Bearer%20abc", **STANDARD)
    assert found.headers == {"authorization": "Bearer abc"}
    assert "Bearer" not in repr(found)


@pytest.mark.parametrize("value", ["no equals", "a=b\nc", "bad name=x", "a=%0d%0ax: y"])
def test_headers_that_are_none_are_an_error_without_the_value(value: str) -> None:
    with pytest.raises(ConfigError, match="TEAM_HEADERS must hold headers") as caught:
        target(on(headers_env="TEAM_HEADERS"), TEAM_HEADERS=value)
    assert value not in str(caught.value)


def test_a_variable_for_headers_that_is_missing_is_an_error() -> None:
    with pytest.raises(ConfigError, match="TEAM_HEADERS.* is not set"):
        target(on(headers_env="TEAM_HEADERS"))


def test_a_standard_address_that_is_none_is_an_error() -> None:
    with pytest.raises(ConfigError, match="OTEL_EXPORTER_OTLP_ENDPOINT must begin"):
        target(on(), OTEL_EXPORTER_OTLP_ENDPOINT="localhost:4317")


def test_opentelemetrys_own_off_switch_is_heeded() -> None:
    assert target_of(on(), {"OTEL_SDK_DISABLED": "True"}) is None


def test_a_login_in_the_address_is_not_shown() -> None:
    found = target(on(), OTEL_EXPORTER_OTLP_ENDPOINT="http://me:secret@example.com")
    assert "secret" not in found.shown


def test_words_are_told_only_where_they_are_kept_too() -> None:
    settings = on(content=True)
    assert target(settings).terms.content
    quiet = replace(settings, ledger=Ledger(store_prompts=False))
    assert not target(quiet).terms.content


def test_the_local_server_is_told_when_it_is_one_that_mux_did_not_start() -> None:
    def served(**local: Any) -> Settings:
        return replace(on(), providers=Providers(local=LocalProvider(**local)))

    one = target(served(base_url="http://me:pw@gpu.lan:8080/v1")).terms
    assert (one.address, one.port) == ("gpu.lan", 8080)
    assert target(served(base_url="https://gpu.lan/v1")).terms.port == 443
    pool = served(endpoints=("http://a.lan/v1", "http://b.lan/v1"))
    assert target(pool).terms.address == ""
