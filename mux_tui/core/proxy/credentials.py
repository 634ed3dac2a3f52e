"""The client's own login, told apart from the proxy's token.

The proxy's token opens the proxy and nothing else: it never leaves this machine. What
else the client shows is its own, is passed on as it came, and is never shown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

LoginKind = Literal["none", "api_key", "bearer", "oauth"]
"""`oauth`: a login by subscription. `bearer`: another token that the user has set."""

SECRET_HEADERS = frozenset(
    {
        *("authorization", "x-api-key", "x-mux-token", "cookie"),
        *("proxy-authorization", "x-goog-api-key", "api-key"),
    }
)
"""Headers that are passed on only if they are the client's own login for the API."""

_OAUTH = "sk-ant-oat"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login of the client's own; false when it has none. It shows no secret."""

    headers: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """To be passed on, names in lower case."""

    kind: LoginKind = "none"
    """With several: the strongest, `oauth` first."""

    def __bool__(self) -> bool:
        return bool(self.headers)

    def __repr__(self) -> str:
        names = ", ".join(f"{name}: ***" for name in sorted(self.headers))
        return f"Credentials({self.kind}{f'; {names}' if names else ''})"

    __str__ = __repr__


def own_credentials(headers: Mapping[str, str], tokens: Collection[str]) -> Credentials:
    """Find the client's own login.

    Args:
        headers: Of the request, names in lower case.
        tokens: The proxy's own, now and before; a header that holds one anywhere is
            not the client's login.
    """
    ours = [token for token in tokens if token]
    found: dict[str, str] = {}
    kind: LoginKind = "none"
    key = headers.get("x-api-key", "").strip()
    if key and not _holds(key, ours):
        found["x-api-key"] = key
        kind = "api_key"
    login = headers.get("authorization", "").strip()
    scheme, _, secret = login.partition(" ")
    if scheme.lower() == "bearer" and secret.strip() and not _holds(login, ours):
        found["authorization"] = login
        kind = "oauth" if secret.strip().startswith(_OAUTH) else "bearer"

    return Credentials(MappingProxyType(found), kind)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers for a record: the secret ones say only that they were there."""
    return {
        name: "***" if name.lower() in SECRET_HEADERS else value
        for name, value in headers.items()
    }


def _holds(value: str, tokens: Collection[str]) -> bool:
    return any(token in value for token in tokens)
