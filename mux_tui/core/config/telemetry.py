"""The settings of telemetry: what is told to a collector, and where it is."""

from dataclasses import dataclass

from mux_tui.core.config.bounds import bounded


@dataclass(frozen=True)
class Telemetry:
    """Traces and metrics for an OpenTelemetry collector; `mux-tui[otel]`."""

    enabled: bool = bounded(False, narrows="off")
    """Send them. Nothing else switches this on, and no variable of OpenTelemetry's."""

    endpoint: str = ""
    """Base address of a collector that takes OTLP over HTTP, without `/v1/traces`;
    empty: OTEL_EXPORTER_OTLP_ENDPOINT, else port 4318 of this machine."""

    headers_env: str = ""
    """Name of the environment variable that holds headers for it, written as
    `name=value,name=value`; empty: none, or OTEL_EXPORTER_OTLP_HEADERS where the
    address is OpenTelemetry's too."""

    service_name: str = ""
    """What the sender is called; empty: OTEL_SERVICE_NAME, else `mux`."""

    content: bool = bounded(False, narrows="off")
    """Send the texts of tasks and answers too; never without `ledger.store_prompts`."""

    metrics: bool = bounded(True, narrows="off")
    """Send metrics besides traces; some collectors take none."""

    timeout: float = bounded(5.0, 0.1, 60)
    """Seconds one delivery may take; when mux ends it waits two at the most."""
