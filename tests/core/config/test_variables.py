"""Settings from the environment."""

import pytest

from mux_tui.core.config.keys import keys
from mux_tui.core.config.variables import RESERVED, check_variables, variable_of


def test_each_setting_has_a_variable_of_its_own() -> None:
    names = {variable_of(name) for name in keys()}
    assert len(names) == len(keys())
    assert not names & RESERVED


def test_a_variable_sets_its_setting() -> None:
    checked = check_variables(
        {"MUX_ROUTER_MIN_CONFIDENCE": "0.7", "MUX_PROVIDERS_LOCAL_MODEL": "a/b"}
    )
    assert checked.values == {
        "router.min_confidence": 0.7,
        "providers.local.model": "a/b",
    }
    assert checked.all_problems() == ()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("MUX_ROUTER_MIN_CONFIDNCE", "MUX_ROUTER_MIN_CONFIDENCE"),
        ("MUX_HOEM", "MUX_HOME"),
        ("MUX_SERVER_PORTS", "MUX_SERVER_PORT"),
    ],
)
def test_a_misspelt_variable_is_a_problem(variable: str, meant: str) -> None:
    told = check_variables({variable: "1"}).all_problems()
    assert told == (f"{variable}: unknown variable, nearest is {meant}",)


@pytest.mark.parametrize(
    "variable", ["MUX_HOME", "MUX_SOCKET", "MUX", "mux_server_port", "TMUX_PANE"]
)
def test_what_is_no_setting_is_left_alone(variable: str) -> None:
    checked = check_variables({variable: "1"})
    assert checked.all_problems() == ()
    assert checked.values == {}


def test_a_value_that_is_no_text_is_refused() -> None:
    """The environment may hold any bytes; Python gives them as lone surrogates."""
    (problem,) = check_variables(
        {"MUX_PROVIDERS_LOCAL_MODEL": "a\udcff"}
    ).all_problems()
    assert problem.endswith("must hold no control bytes")
    problem.encode()
