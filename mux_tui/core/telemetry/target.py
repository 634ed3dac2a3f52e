"""Where telemetry goes, from mux's settings and OpenTelemetry's variables.

Only mux's own settings switch it on: a variable that was inherited must not make a
local-first tool talk to the network. Once it is on, the standard variables fill in
what the settings leave open. Address and headers go together: the standard headers,
which may hold a key, are sent to the standard address alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from mux_tui.core.config.secrets import masked
from mux_tui.core.config.settings import Settings
from mux_tui.core.config.urls import fault_of_url
from mux_tui.core.errors import ConfigError
from mux_tui.core.telemetry.facts import Terms
from mux_tui.core.text import one_line

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
_SERVICE = "OTEL_SERVICE_NAME"
_TEMPORALITY = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
_DISABLED = "OTEL_SDK_DISABLED"

_USUAL = "http://127.0.0.1:4318"
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Target:
    """A collector, and what it is told."""

    endpoint: str
    """Its base address, without a slash at the end."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    service_name: str = "mux"
    metrics: bool = True
    delta: bool = False
    """Metrics tell what has changed since the last time, and not since the start."""

    timeout: float = 5.0
    """Seconds for one delivery."""

    terms: Terms = Terms()

    @property
    def shown(self) -> str:
        """Its address, for messages."""
        return one_line(masked(self.endpoint), 200)


def disabled(variables: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry is switched off for every program."""
    return variables.get(_DISABLED, "").strip().lower() == "true"


def target_of(settings: Settings, variables: Mapping[str, str]) -> Target | None:
    """Where telemetry goes; None: it is off.

    Raises:
        ConfigError: It is on, and what it needs is missing or wrong.
    """
    wanted = settings.telemetry
    if not wanted.enabled or disabled(variables):
        return None

    endpoint = wanted.endpoint or _standard_endpoint(variables)
    return Target(
        endpoint=endpoint.rstrip("/"),
        headers=_headers(settings, variables),
        service_name=one_line(
            wanted.service_name or variables.get(_SERVICE, "").strip() or "mux", 100
        ),
        metrics=wanted.metrics,
        delta=variables.get(_TEMPORALITY, "").strip().lower() == "delta",
        timeout=wanted.timeout,
        terms=_terms(settings),
    )


def _standard_endpoint(variables: Mapping[str, str]) -> str:
    endpoint = variables.get(_ENDPOINT, "").strip()
    if not endpoint:
        return _USUAL
    if fault := fault_of_url(endpoint):
        raise ConfigError(
            "telemetry is not sent",
            f"{_ENDPOINT} must {fault}",
            "Mend it, or set telemetry.endpoint",
        )

    return endpoint


def _headers(settings: Settings, variables: Mapping[str, str]) -> Mapping[str, str]:
    name = settings.telemetry.headers_env
    if name and name not in variables:
        raise ConfigError(
            "telemetry is not sent",
            f"{name}, which telemetry.headers_env names, is not set",
            "Set that variable, or unset the setting",
        )
    if not name:
        name = _HEADERS
        # They may hold a key of the collector that the standard address names.
        if settings.telemetry.endpoint:
            return {}

    return dict(_header(part, name) for part in _parts(variables.get(name, "")))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _header(part: str, variable: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    key, value = unquote(key.strip()), unquote(value.strip())
    good = _HEADER_NAME.fullmatch(key) and _HEADER_VALUE.fullmatch(value)
    if not equals or not good:
        raise ConfigError(
            "telemetry is not sent",
            f"{variable} must hold headers as name=value,name=value",
            "Mend that variable",
        )

    return key.lower(), value


def _terms(settings: Settings) -> Terms:
    local = settings.providers.local
    content = settings.telemetry.content and settings.ledger.store_prompts
    if not local.base_url or local.endpoints:
        # With several servers nobody knows which one has answered.
        return Terms(content)

    parts = urlsplit(local.base_url)
    usual = 443 if parts.scheme == "https" else 80
    return Terms(content, parts.hostname or "", parts.port or usual)
