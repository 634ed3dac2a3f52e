"""One line as a message, or as the error that answers it.

A line that is no message is answered, so that whoever sent it does not wait: by its
own id where one can be made out, else by none, as JSON-RPC has it.
"""

import json
import re

import mcp_types as types
from mcp.shared.message import SessionMessage
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from mux_tui.mcp.lines import Overlong

_ID = rb"""(-?\d{1,18}|"[^"\\]{0,200}")"""
_FIRST = re.compile(rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2.0"\s*,\s*)?"id"\s*:\s*' + _ID)
_LAST = re.compile(rb',\s*"id"\s*:\s*' + _ID + rb"\s*\}\s*$")


def read_message(line: bytes | Overlong) -> SessionMessage | types.JSONRPCError | None:
    """The message of a line; None: the line is empty."""
    if isinstance(line, Overlong):
        id = _id_at_the_ends(line.head, line.tail)
        said = f"the message has {line.size:,} bytes, which is too many"
        return _error(id, types.INVALID_REQUEST, said)
    if not line.strip():
        return None

    try:
        message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except (ValidationError, RecursionError) as error:
        return _refusal(line, error)
    return SessionMessage(message)


def write_message(message: types.JSONRPCMessage) -> bytes:
    """A message as its line."""
    try:
        text = message.model_dump_json(by_alias=True, exclude_unset=True)
    except PydanticSerializationError:
        # A lone surrogate, which JSON can carry as an escape alone.
        plain = message.model_dump(mode="python", by_alias=True, exclude_unset=True)
        text = json.dumps(plain, default=str)
    return text.encode() + b"\n"


def _refusal(line: bytes, error: Exception) -> types.JSONRPCError:
    broken = not isinstance(error, ValidationError) or any(
        one["type"] == "json_invalid" for one in error.errors(include_url=False)
    )
    id = _id_at_the_ends(line[:512], line[-512:])
    if broken:
        return _error(id, types.PARSE_ERROR, "the line is not JSON")

    return _error(id, types.INVALID_REQUEST, "the line is no JSON-RPC 2.0 message")


def _id_at_the_ends(head: bytes, tail: bytes) -> types.RequestId | None:
    """The id of a request that cannot be read whole; clients put it first or last."""
    found = _FIRST.match(head) or _LAST.search(tail)
    if found is None:
        return None

    try:
        value: str | int = json.loads(found[1])
    except ValueError:
        return None
    return value


def _error(id: types.RequestId | None, code: int, said: str) -> types.JSONRPCError:
    detail = types.ErrorData(code=code, message=said)
    return types.JSONRPCError(jsonrpc="2.0", id=id, error=detail)
