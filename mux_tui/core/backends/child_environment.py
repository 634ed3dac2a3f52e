"""Which environment variables a cloud CLI may see.

A list of what is allowed, not of what is forbidden: the developer's shell holds keys
of many services, and a CLI that runs a model's commands needs none but its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_COMMON = frozenset(
    {
        "HOME",
        "PATH",
        "USER",
        "LOGNAME",
        "SHELL",
        "TERM",
        "COLORTERM",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        # The keyring, where some keep their login.
        "DBUS_SESSION_BUS_ADDRESS",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    }
)
_COMMON_PREFIXES = ("LC_", "XDG_", "NODE_")
_OURS = "MUX_"


@dataclass(frozen=True)
class Needs:
    """What one CLI needs of the environment, besides what every program may see."""

    prefixes: tuple[str, ...] = ()
    """Its own variables, by how their names begin."""

    names: frozenset[str] = frozenset()
    """More of its own variables."""

    hidden: frozenset[str] = frozenset()
    """Its own variables that must not be passed on: marks of an outer session."""

    pinned: frozenset[str] = frozenset()
    """Set to nothing when the user has not set them, so that a file in the project
    cannot."""

    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Set by us, unless the user has set them."""


def child_environment(
    variables: Mapping[str, str], needs: Needs, pass_env: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return the whole environment of a cloud CLI.

    Args:
        variables: Our own environment.
        needs: What the CLI needs.
        pass_env: More names that the user allows. Variables of ours never pass.
    """
    allowed = _COMMON | needs.names | frozenset(pass_env)
    prefixes = (*_COMMON_PREFIXES, *needs.prefixes)
    kept = {
        name: value
        for name, value in variables.items()
        if (name in allowed or name.startswith(prefixes))
        and not name.startswith(_OURS)
        and (name not in needs.hidden or name in pass_env)
    }
    # Programs differ in which of HTTPS_PROXY and https_proxy wins over the other.
    known = {name.lower() for name in kept}
    pinned = {name: "" for name in needs.pinned if name.lower() not in known}
    return pinned | dict(needs.fixed) | kept
