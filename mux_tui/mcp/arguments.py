"""The arguments of the tools, checked; nothing in them is ignored.

Every model refuses what it does not know, so that an option that has no effect is an
error and not a surprise. The descriptions are what the client's model reads.
"""

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mux_tui.core.errors import UsageError
from mux_tui.core.task import Apply, Kind, RouteChoice
from mux_tui.core.text import one_line

WAIT = 55.0
"""Seconds a call waits for a task: less than the minute after which clients give up."""

_LONGEST_WAIT = 3600.0
_LONGEST_TASK = 86_400.0
_MOST = 50


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    list[Annotated[str, Field(max_length=4096)]],
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    Field(max_length=_MOST),
]
"""One text or several."""

Wait = Annotated[float, Field(ge=0, le=_LONGEST_WAIT)]

_TASK = "What to do, in plain words: an outcome, with the files and tests it is about."
_CWD = "The work directory; without it the one that the server was started in."
_TIMEOUT = (
    "Seconds to wait for the result. A task that needs longer goes on: the call then "
    "returns its run_id, and mux_job gives the result."
)
_RUN_ID = "The run_id that a call has returned."


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class Nothing(_Arguments):
    """No arguments."""


class TaskArguments(_Arguments):
    """A task, all else as the settings say."""

    task: str = Field(description=_TASK)
    cwd: str = Field(default="", description=_CWD)
    timeout: Wait = Field(default=WAIT, description=_TIMEOUT)


class StartArguments(_Arguments):
    """A task with options, to be done in the background."""

    task: str = Field(default="", description=_TASK)
    payload_json: str = Field(
        default="",
        description="The other arguments as the text of one JSON object, for callers "
        "that can send only text; arguments given beside it win.",
    )
    prefer_local: bool = Field(
        default=False,
        description="true: that the task is hard is no reason to send it to the cloud. "
        "false: as the settings decide.",
    )
    verify_with: Texts = Field(
        default=[],
        description="Commands that must exit 0, run in a sandbox in a copy of the work "
        "directory. An answer in text is on their standard input; changes of files "
        "are there around them. Without it those of the settings, or the project's "
        "own tests.",
    )
    route: RouteChoice = Field(
        default="auto",
        description="Who is to do it; auto: mux decides, the local model first.",
    )
    kind: Kind | None = Field(
        default=None,
        description="advisory: answer in text; files: change files; without it mux "
        "reads it from the task.",
    )
    files: Texts = Field(
        default=[],
        description="Files of the work directory that the task is about; the model is "
        "shown them.",
    )
    cwd: str = Field(default="", description=_CWD)
    apply: Apply | None = Field(
        default=None,
        description="When changes are written: auto (once they are proved), ask (the "
        "user is asked), never (the patch is returned). The user's settings may allow "
        "less, and what was done is told.",
    )
    time_limit: Annotated[float, Field(gt=0, le=_LONGEST_TASK)] | None = Field(
        default=None, description="Seconds after which the task itself is ended."
    )


class JsonArguments(StartArguments):
    """A task with options."""

    timeout: Wait = Field(default=WAIT, description=_TIMEOUT)


class JobArguments(_Arguments):
    """A job, and how long to wait for it."""

    run_id: str = Field(description=_RUN_ID, max_length=200)
    wait: Wait = Field(default=50.0, description="Seconds to wait for its end.")


class CancelArguments(_Arguments):
    """A job that is not wanted any more."""

    run_id: str = Field(description=_RUN_ID, max_length=200)


def read(kind: type[BaseModel], given: dict[str, Any]) -> Any:
    """The arguments of a call as their model.

    Args:
        kind: The model.
        given: What the client has sent.

    Raises:
        UsageError: They are wrong; one line names each fault.
    """
    try:
        return kind.model_validate(_unpacked(kind, given))
    except ValidationError as error:
        faults = "; ".join(_told(one) for one in error.errors(include_url=False)[:5])
        raise UsageError("these arguments cannot be used", faults) from error


def _unpacked(kind: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
    """The arguments with those of the payload among them."""
    packed = given.get("payload_json")
    if not isinstance(packed, str) or not packed or "payload_json" not in _fields(kind):
        return given

    try:
        payload = json.loads(packed)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            "payload_json is not JSON", one_line(str(error), 200), "Send one object"
        ) from error
    if not isinstance(payload, dict):
        raise UsageError("payload_json is no object", "", 'Send {"task": "…"}')

    beside = {name: value for name, value in given.items() if name != "payload_json"}
    return {**payload, **beside}


def _fields(kind: type[BaseModel]) -> set[str]:
    return set(kind.model_fields)


def _told(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    return one_line(f"{where}: {fault['msg']}" if where else str(fault["msg"]), 200)
