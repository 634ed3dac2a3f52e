"""Where a model server answers, and the one client that talks to it."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from mux_tui.core.backends.plain_transport import PlainTransport
from mux_tui.core.config.urls import is_loopback
from mux_tui.core.text import one_line

_LIMITS = httpx.Limits(max_connections=1024, max_keepalive_connections=64)


@dataclass(frozen=True)
class Endpoint:
    """One model at one server."""

    base_url: str
    """Ends in `/v1`; may hold a user and a password."""

    model: str = ""
    """The model's id there; empty: for the server to choose."""

    api_key: str = field(default="", repr=False)
    context_window: int = 0
    """Tokens the model can hold; 0: not known."""

    label: str = ""
    """What people call the model, where its id says nothing; empty: its id."""

    @property
    def shown(self) -> str:
        """The address for messages: one line, without user, password and query."""
        return shown_url(self.base_url)

    def url(self, path: str) -> str:
        """The address of one of the server's services, such as `models`."""
        return f"{self.base_url.rstrip('/')}/{path}"

    def headers(self) -> dict[str, str]:
        """What every request says. Compressed answers are not asked for.

        Raises:
            ValueError: A header cannot carry the key.
        """
        plain = {"Accept": "text/event-stream, application/json"}
        plain["Accept-Encoding"] = "identity"
        if not self.api_key:
            return plain
        if not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ValueError("the server's key holds characters no header can carry")

        return plain | {"Authorization": f"Bearer {self.api_key}"}


def make_client(*urls: str) -> httpx.AsyncClient:
    """Make the client for these servers; making one is slow, so make it once.

    It knows no proxies and follows no redirects: a prompt goes where the settings say
    and nowhere else. When every server is plain HTTP on this machine, certificates
    are not loaded, which takes most of the time, and no TLS server can be reached.
    """
    local = bool(urls) and all(
        url.startswith("http://") and is_loopback(url) for url in urls
    )
    # A context of its own trusts nobody, where `verify=False` would trust everybody.
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if local else True
    return httpx.AsyncClient(
        trust_env=False,
        verify=verify,
        follow_redirects=False,
        limits=_LIMITS,
        timeout=None,
        mounts={"http://": PlainTransport()},
    )


def shown_url(url: str) -> str:
    """A URL for messages: one line, without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"

    host = parts.netloc.rpartition("@")[2]
    return one_line(f"{parts.scheme}://{host}{parts.path}", 200)
