"""Numbers for requests, as the API writes them."""

import secrets


def new_request_id() -> str:
    """A new one; unique."""
    return f"req_{secrets.token_hex(12)}"
