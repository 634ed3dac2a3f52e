"""Fetching files: each gone on with where it broke, and taken only if it is right.

The hub's own address is asked at every try, never the store's that it leads to: that
one runs out, and must not see the login.
"""

from contextlib import closing
from pathlib import Path

import httpx2
from huggingface_hub import constants, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import (
    build_hf_headers,  # pyright: ignore[reportUnknownVariableType]
    get_session,
    hf_raise_for_status,
)

from mux_tui.core.weights.hub.child.arrival import Arrival, WrongContent
from mux_tui.core.weights.hub.child.patience import Cut, Patience
from mux_tui.core.weights.hub.child.wire import Meter
from mux_tui.core.weights.hub.plan import HubFile, HubPlan


def fetch(plan: HubPlan, into: Path, tries: int) -> None:
    """Have every file of the plan in a directory, checked and written to the disk.

    Raises:
        WrongContent: What comes is not what the plan says; that file is emptied.
        HfHubHTTPError, httpx2.HTTPError, Cut: It cannot be fetched.
        OSError: It cannot be written; what has come stays.
    """
    there = sum(_present(file, into) for file in plan.files)
    meter = Meter("downloading", there, plan.bytes)
    for file in plan.files:
        # One open file at a time: a model may have more than a process may open.
        with closing(Arrival(file, into / file.name, meter)) as arrival:
            if _present(file, into):
                arrival.take_up()
            url = hf_hub_url(plan.name.id, file.name, revision=plan.commit)
            _complete(arrival, url, tries)
            arrival.keep()


def _present(file: HubFile, into: Path) -> int:
    """What an earlier download left of a file, in bytes."""
    try:
        return min((into / file.name).stat().st_size, file.size)
    except FileNotFoundError:
        return 0


def _complete(arrival: Arrival, url: str, tries: int) -> None:
    begun = bool(arrival.count)
    try:
        _to_its_size(arrival, url, tries)
        if arrival.good:
            return
    except WrongContent:
        if not begun:
            arrival.restart()
            raise
    if begun:
        # What was there before belonged to something else.
        arrival.restart()
        _to_its_size(arrival, url, tries)
    if not arrival.good:
        arrival.restart()
        raise WrongContent(f"{arrival.file.name} has another hash")


def _to_its_size(arrival: Arrival, url: str, tries: int) -> None:
    patience = Patience(tries)
    while arrival.count < arrival.file.size:
        before = arrival.count
        try:
            _stream(arrival, url)
        except (httpx2.HTTPError, HfHubHTTPError, Cut) as error:
            if arrival.count > before:
                patience.renew()
            patience.wait(error)


def _stream(arrival: Arrival, url: str) -> None:
    headers = build_hf_headers() | {"Accept-Encoding": "identity"}
    if arrival.count:
        headers["Range"] = f"bytes={arrival.count}-"
    with get_session().stream(
        "GET", url, headers=headers, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT
    ) as response:
        if response.status_code == 416:
            raise WrongContent(f"{arrival.file.name} is shorter at the hub")
        hf_raise_for_status(response)
        if arrival.count and not _goes_on(response, arrival.count):
            arrival.restart()
        for piece in response.iter_bytes():
            arrival.write(piece)
    if arrival.count < arrival.file.size:
        raise Cut(f"{arrival.file.name} ended early")


def _goes_on(response: httpx2.Response, at: int) -> bool:
    """Whether the answer is the rest of the file, and not all of it again."""
    told = response.headers.get("content-range", "")
    return response.status_code == 206 and told.startswith(f"bytes {at}-")
