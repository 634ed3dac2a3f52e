"""Which addresses a setting may hold."""

import pytest

from mux_tui.core.config.check import Refused, typed
from mux_tui.core.config.keys import keys
from mux_tui.core.config.urls import fault_of_url
from tests.core.config.conftest import Setup

_URL = "providers.local.base_url"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8080/v1",
        "http://[fe80::1%25eth0]/v1",
        "https://models.example.com/v1",
        "https://user:pass@models.example.com/v1",
        "http://gpu_box:8000/v1",
        "HTTP://localhost/v1",
    ],
)
def test_a_plain_http_address_is_allowed(url: str) -> None:
    assert fault_of_url(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/v1",
        "localhost:8080/v1",
        "//localhost/v1",
        "http://",
        "http:///v1",
        "http://0x7f000001/v1",
        "http://2130706433/v1",
        "http://017700000001/v1",
        "http://127.1/v1",
        "http://localhost:99999/v1",
        "http://localhost:port/v1",
        "http://[::1/v1",
        "http://a b/v1",
        "http://localhost\\@evil.test/v1",
        "http://localhost/v1#x",
        "javascript:alert(1)",
    ],
)
def test_any_other_is_refused(url: str) -> None:
    assert fault_of_url(url)


def test_blanks_around_an_address_go() -> None:
    assert typed(keys()[_URL], " http://localhost/v1 ") == "http://localhost/v1"


def test_an_address_to_build_upon_has_no_query() -> None:
    with pytest.raises(Refused):
        typed(keys()[_URL], "http://localhost/v1?key=1")


def test_a_password_in_a_refused_address_is_not_told(setup: Setup) -> None:
    setup.write_user(
        '[providers.local]\nbase_url = "ftp://ada:hunter2@example.com/v1"\n'
    )
    (problem,) = setup.problems()
    assert "hunter2" not in problem
    assert "ftp://***@example.com/v1" in problem


def test_a_key_in_place_of_its_variables_name_is_not_told(setup: Setup) -> None:
    setup.write_user('[providers.local]\napi_key_env = "hunter2-hunter2"\n')
    (problem,) = setup.problems()
    assert "hunter2" not in problem
    assert "providers.local.api_key_env: must be the name of" in problem
