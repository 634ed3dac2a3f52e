"""Which URLs a setting may hold: plain http or https; and which are of this machine."""

import re

_NUMERIC = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_NAME = re.compile(r"[\w.-]+")


def fault_of_url(url: str) -> str:
    """What is wrong with a URL, ready to follow "must"; empty: nothing.

    Any host is allowed, for only the user can name one. Not allowed are the spellings
    that programs read in different ways, such as `http://0x7f000001`. The URL itself,
    which may hold a password, is never repeated.
    """
    # urllib.parse is imported by what most commands do not need.
    from urllib.parse import urlsplit

    if any(character.isspace() or character == "\\" for character in url):
        return "have no spaces and no backslashes"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "have a host, and a port from 0 to 65535 if any"
    if parts.scheme not in ("http", "https"):
        return "begin with http:// or https://"
    if not host:
        return "name a host"
    if parts.fragment:
        return "have no # in it"

    return "" if _plain(host) else "name a host by its name or its usual address"


def is_loopback(url: str) -> bool:
    """Whether what is sent to a URL stays on this machine, going by its host alone."""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(host: str) -> bool:
    last = host.rstrip(".").rpartition(".")[2]
    if ":" not in host and not _NUMERIC.fullmatch(last):
        return bool(_NAME.fullmatch(host))

    from ipaddress import ip_address

    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False

    return True
