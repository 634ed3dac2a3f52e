"""The client's own login is found, the proxy's token is not taken for one."""

import pytest

from mux_tui.core.proxy.credentials import (
    Credentials,
    LoginKind,
    own_credentials,
    shown_headers,
)

OURS = "mux-0123456789abcdef"
KEY = "sk-ant-api03-secret"
OAUTH = "Bearer sk-ant-oat01-secret"


@pytest.mark.parametrize(
    ("headers", "kind", "passed"),
    [
        ({}, "none", {}),
        ({"x-api-key": KEY}, "api_key", {"x-api-key": KEY}),
        ({"authorization": OAUTH}, "oauth", {"authorization": OAUTH}),
        ({"authorization": "Bearer abc"}, "bearer", {"authorization": "Bearer abc"}),
        (
            {"authorization": OAUTH, "x-mux-token": OURS},
            "oauth",
            {"authorization": OAUTH},
        ),
        ({"authorization": f"Bearer {OURS}"}, "none", {}),
        ({"authorization": f"bearer  {OURS} "}, "none", {}),
        ({"authorization": OURS}, "none", {}),
        ({"x-api-key": OURS}, "none", {}),
        ({"x-mux-token": OURS}, "none", {}),
        ({"x-mux-token": "another"}, "none", {}),
        (
            {"authorization": f"Bearer {OURS}", "x-api-key": KEY},
            "api_key",
            {"x-api-key": KEY},
        ),
        (
            {"authorization": OAUTH, "x-api-key": OURS},
            "oauth",
            {"authorization": OAUTH},
        ),
        (
            {"authorization": OAUTH, "x-api-key": KEY},
            "oauth",
            {"authorization": OAUTH, "x-api-key": KEY},
        ),
        ({"authorization": "Bearer"}, "none", {}),
        ({"authorization": "Bearer  "}, "none", {}),
        ({"authorization": "Basic dXNlcjpwYXNz"}, "none", {}),
        ({"x-api-key": "  "}, "none", {}),
        ({"cookie": "session=1", "proxy-authorization": "Basic eA=="}, "none", {}),
    ],
)
def test_what_is_the_clients_own(
    headers: dict[str, str], kind: LoginKind, passed: dict[str, str]
) -> None:
    found = own_credentials(headers, (OURS,))
    assert (found.kind, dict(found.headers)) == (kind, passed)
    assert bool(found) is bool(passed)


def test_no_token_of_ours_is_no_reason_to_refuse_a_login() -> None:
    """An empty token stands in every text."""
    assert own_credentials({"x-api-key": KEY}, ("",)).kind == "api_key"


def test_an_earlier_token_of_ours_does_not_pass() -> None:
    assert not own_credentials({"x-api-key": "old"}, (OURS, "old"))


def test_no_secret_is_shown() -> None:
    found = own_credentials({"authorization": OAUTH, "x-api-key": KEY}, (OURS,))
    for shown in (repr(found), str(found), f"{found}", f"{[found]}"):
        assert "secret" not in shown
        assert "sk-ant" not in shown
    assert repr(found) == "Credentials(oauth; authorization: ***, x-api-key: ***)"
    assert repr(Credentials()) == "Credentials(none)"


def test_a_record_of_headers_holds_no_secret() -> None:
    shown = shown_headers(
        {"authorization": OAUTH, "x-mux-token": OURS, "x-app": "cli", "X-Api-Key": KEY}
    )
    assert shown == {
        "authorization": "***",
        "x-mux-token": "***",
        "x-app": "cli",
        "X-Api-Key": "***",
    }
