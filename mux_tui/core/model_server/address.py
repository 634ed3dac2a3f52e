"""The base URL of a model server, out of what a user types."""

from urllib.parse import urlsplit

from mux_tui.core.config.urls import fault_of_url
from mux_tui.core.errors import UsageError

_EXAMPLE = "Give one like http://127.0.0.1:11434/v1"
_TAILS = ("/chat/completions", "/models")


def base_url_of(text: str) -> str:
    """The base URL: `localhost:11434` becomes `http://localhost:11434/v1`.

    Raises:
        UsageError: It is no address of an HTTP server; the text, which may hold a
            password, is not repeated.
    """
    text = text.strip()
    url = text if "://" in text else f"http://{text}"
    if fault := fault_of_url(url):
        raise UsageError(
            "wrong address of a model server", f"it must {fault}", _EXAMPLE
        )

    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UsageError(
            "the address of the model server holds a password",
            "settings are no place for secrets",
            "Name a variable that holds the key: providers.local.api_key_env",
        )

    path = parts.path.rstrip("/")
    for tail in _TAILS:
        path = path.removesuffix(tail)
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"
