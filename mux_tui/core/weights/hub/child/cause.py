"""From what the library and the system raise to the word for it, and a detail."""

import errno

import httpx2
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from mux_tui.core.weights.hub.child.arrival import WrongContent
from mux_tui.core.weights.hub.child.listing import NotAHub, NotAModel
from mux_tui.core.weights.hub.child.patience import Cut, passing
from mux_tui.core.weights.hub.fault import HubFault

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_BY_KIND: tuple[tuple[type[Exception], HubFault], ...] = (
    (OfflineModeIsEnabled, "offline"),
    (GatedRepoError, "gated"),
    (RevisionNotFoundError, "no_revision"),
    (RepositoryNotFoundError, "unknown"),
    (DisabledRepoError, "refused"),
)
_BY_STATUS: dict[int, HubFault] = {401: "login", 403: "forbidden", 404: "unknown"}
_EXPECTED: tuple[tuple[type[Exception], HubFault], ...] = (
    (Cut, "cut"),
    (NotAModel, "not_a_model"),
    (NotAHub, "not_a_hub"),
    (WrongContent, "wrong_content"),
    (httpx2.UnsupportedProtocol, "not_a_hub"),
    (httpx2.InvalidURL, "not_a_hub"),
    (httpx2.ConnectError, "unreachable"),
    (httpx2.ConnectTimeout, "unreachable"),
    (httpx2.ProxyError, "unreachable"),
    (httpx2.TimeoutException, "stalled"),
    (httpx2.TransportError, "cut"),
    (httpx2.HTTPError, "not_a_hub"),
)

Cause = tuple[HubFault, str]


def cause_of(error: Exception) -> Cause | None:
    """The fault that an error means, and what was said; None: a bug."""
    for kind, fault in _BY_KIND:
        if isinstance(error, kind):
            return fault, ""
    if isinstance(error, HfHubHTTPError):
        return _of_answer(error)
    for kind, fault in _EXPECTED:
        if isinstance(error, kind):
            return fault, str(error)
    if isinstance(error, OSError):
        fault = "disk_full" if error.errno in _FULL else "cannot_write"
        return fault, error.strerror or str(error)

    return None


def _of_answer(error: HfHubHTTPError) -> Cause:
    status = error.response.status_code
    said = f"{status}: {error.server_message}" if error.server_message else str(status)
    if passing(error):
        return "busy", said

    return _BY_STATUS.get(status, "refused"), said
