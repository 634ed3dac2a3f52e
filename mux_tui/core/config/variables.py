"""Settings from the environment: `MUX_` and the name, with `_` for each dot.

`router.min_confidence` is `MUX_ROUTER_MIN_CONFIDENCE`. Lists are written as in TOML,
`["a", "b"]`; text needs no quotes.
"""

import difflib
from collections.abc import Mapping
from functools import cache

from mux_tui.core.config.check import Checked, check_into
from mux_tui.core.config.keys import keys
from mux_tui.core.config.notation import read_value
from mux_tui.core.text import one_line

PREFIX = "MUX_"
RESERVED = frozenset({"MUX_HOME"})
"""Variables of mux that are no settings."""

_CLOSE = 0.8


def variable_of(name: str) -> str:
    """The variable that holds a setting."""
    return PREFIX + name.upper().replace(".", "_")


@cache
def _names() -> Mapping[str, str]:
    return {variable_of(name): name for name in keys()}


def check_variables(variables: Mapping[str, str]) -> Checked:
    """The settings among the environment variables.

    A variable that is nearly the name of a setting is a problem; one that is not is
    somebody else's.
    """
    checked = Checked()
    for variable in sorted(name for name in variables if name.startswith(PREFIX)):
        if name := _names().get(variable):
            key = keys()[name]
            raw = read_value(key, variables[variable])
            check_into(checked, lambda v=variable: v, key, raw)
        elif variable not in RESERVED and (meant := _meant(variable)):
            shown = one_line(variable, 80)
            checked.problem(shown, lambda m=meant: f"unknown variable, nearest is {m}")

    return checked


def _meant(variable: str) -> str:
    known = [*_names(), *RESERVED]
    found = difflib.get_close_matches(variable[:100], known, 1, _CLOSE)
    return found[0] if found else ""
