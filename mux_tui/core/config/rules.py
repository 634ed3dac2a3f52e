"""What single settings ask beyond their type and bounds."""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from mux_tui.core.config.urls import fault_of_url

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE_WANTED = (
    "be the name of an environment variable, such as EXAMPLE_API_KEY (not the key)"
)
_KEY_PAIR = re.compile(r"[a-z][a-z0-9_.-]*=[A-Za-z0-9_+?,]+")
_CLIS = ("claude", "codex", "gemini")


def fault_of(name: str, value: Any) -> str:
    """What is wrong with a value of the right type, ready to follow "must"."""
    rule = _RULES.get(name)
    return rule(value) if rule else ""


def holds_secret(name: str) -> bool:
    """Whether a refused value may be a secret by mistake, and is not repeated."""
    return name.endswith(("local.api_key_env", ".headers_env", ".pass_env"))


def _url(value: str) -> str:
    return fault_of_url(value) if value else ""


def _base_url(value: str) -> str:
    if "?" in value:
        return "have no ? in it"

    return _url(value)


def _collector(value: str) -> str:
    if value.rstrip("/").endswith(("/v1/traces", "/v1/metrics")):
        return "be the base address, without /v1/traces"
    if "@" in value.partition("://")[2].partition("/")[0]:
        return "hold no login; telemetry.headers_env names a variable for headers"

    return _base_url(value)


def _base_urls(value: tuple[str, ...]) -> str:
    faults = ("be no empty text" if not url else _base_url(url) for url in value)
    if fault := next(filter(None, faults), ""):
        return f"each {fault}"

    return _once(tuple(url.rstrip("/") for url in value))


def _variable(value: str) -> str:
    return "" if not value or _VARIABLE.fullmatch(value) else _VARIABLE_WANTED


def _variables(value: tuple[str, ...]) -> str:
    return "" if all(map(_VARIABLE.fullmatch, value)) else f"each {_VARIABLE_WANTED}"


def _words(value: tuple[str, ...]) -> str:
    return "" if all(map(str.strip, value)) else "have no empty words"


def _once(value: tuple[str, ...]) -> str:
    return "" if len(set(value)) == len(value) else "name each at most once"


def _program(value: tuple[str, ...]) -> str:
    return "" if not value or value[0].strip() else "begin with a program"


def _commands(value: tuple[str, ...]) -> str:
    for command in value:
        try:
            words = shlex.split(command)
        except ValueError:
            return "be commands whose quotes are closed"
        if not words:
            return "have no empty commands"

    return ""


def _key_pairs(value: tuple[str, ...]) -> str:
    return "" if all(map(_KEY_PAIR.fullmatch, value)) else "be such as app.quit=ctrl+q"


def _filters(value: tuple[str, ...]) -> str:
    parts = [text.partition(":") for text in value]
    names = [name.strip() for name, _, _ in parts]
    if not all(names) or not all(query.strip() for _, _, query in parts):
        return 'each have a name and a query, such as "slow: seconds>30"'

    return _once(tuple(names))


_RULES: Mapping[str, Callable[[Any], str]] = {
    "router.keywords": _words,
    "router.escalate_on": _once,
    "cloud.order": _once,
    "providers.local.base_url": _base_url,
    "providers.local.endpoints": _base_urls,
    "providers.local.api_key_env": _variable,
    "local_runtime.health_url": _url,
    "local_runtime.restart_command": _program,
    "verification.commands": _commands,
    "ui.keys": _key_pairs,
    "ledger.filters": _filters,
    "telemetry.endpoint": _collector,
    "telemetry.headers_env": _variable,
    **{f"providers.{cli}.pass_env": _variables for cli in _CLIS},
}
