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
_CLIS = ("claude", "codex", "gemini")


def fault_of(name: str, value: Any) -> str:
    """What is wrong with a value of the right type, ready to follow "must"."""
    rule = _RULES.get(name)
    return rule(value) if rule else ""


def holds_secret(name: str) -> bool:
    """Whether a refused value may be a secret by mistake, and is not repeated."""
    return name == "providers.local.api_key_env" or name.endswith(".pass_env")


def _url(value: str) -> str:
    return fault_of_url(value) if value else ""


def _base_url(value: str) -> str:
    if "?" in value:
        return "have no ? in it"

    return _url(value)


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


_RULES: Mapping[str, Callable[[Any], str]] = {
    "router.keywords": _words,
    "router.escalate_on": _once,
    "cloud.order": _once,
    "providers.local.base_url": _base_url,
    "providers.local.api_key_env": _variable,
    "local_runtime.health_url": _url,
    "local_runtime.restart_command": _program,
    "verification.commands": _commands,
    **{f"providers.{cli}.pass_env": _variables for cli in _CLIS},
}
