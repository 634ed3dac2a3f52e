"""What can go wrong with a hub: one word for programs, one clear error for people."""

from typing import Literal, get_args

from mux_tui.core.errors import WeightsError
from mux_tui.core.redact import redact
from mux_tui.core.text import one_line

HubFault = Literal[
    "unknown",
    "no_revision",
    "gated",
    "login",
    "forbidden",
    "offline",
    "unreachable",
    "not_a_hub",
    "busy",
    "refused",
    "stalled",
    "cut",
    "not_a_model",
    "disk_full",
    "cannot_write",
    "wrong_content",
    "failed",
]
"""`login`: the hub does not accept the token. `busy`: too many requests, or a server
error. `cut`: the connection broke in the middle. `failed`: the child itself did."""

_HERE = "without a hub there is the starter: mux setup --starter"
_AGAIN = "Run the same again: it goes on where it stopped"

_WORDS: dict[HubFault, tuple[str, str]] = {
    "unknown": (
        "the hub knows no such model, or it is private",
        "Check the name; for a private one log in: hf auth login",
    ),
    "no_revision": ("it has no such revision", "Leave out --revision, or check it"),
    "gated": (
        "its owner gives it only to those who accept a licence",
        "Accept it at {page}, log in (hf auth login, or HF_TOKEN), and try again",
    ),
    "login": (
        "the hub does not accept the login",
        "Log in again: hf auth login, or mend HF_TOKEN",
    ),
    "forbidden": ("this login may not read it", "Ask for access at {page}"),
    "offline": (
        "HF_HUB_OFFLINE is set, so nothing may be fetched",
        f"Unset it; {_HERE}",
    ),
    "unreachable": (
        "no hub answers at {hub}",
        f"Check the network, HF_ENDPOINT and proxies; {_HERE}",
    ),
    "not_a_hub": ("what answers at {hub} is no hub", "Check HF_ENDPOINT and proxies"),
    "busy": ("the hub is busy or in trouble", "Try again later"),
    "refused": ("the hub refused", "Look at {page}"),
    "stalled": ("the hub stopped sending", _AGAIN),
    "cut": ("the connection broke again and again", _AGAIN),
    "not_a_model": ("it is no MLX model", "Choose another: mux models fit"),
    "disk_full": (
        "the disk is full",
        "Free some space and run the same again: what has come is kept; "
        "to drop it: mux models remove {id}",
    ),
    "cannot_write": ("it cannot be written", "Make the directory writable"),
    "wrong_content": (
        "what came is not what the hub describes",
        "Nothing was installed. Run the same again; if it stays so, check "
        "HF_ENDPOINT and proxies",
    ),
    "failed": ("the downloader failed", "Mend that, or run the same again"),
}


class HubError(WeightsError):
    """A hub's model cannot be had; `fault` says why in one word."""

    def __init__(
        self,
        fault: HubFault,
        id: str,
        detail: str = "",
        hub: str = "",
        page: str = "",
    ) -> None:
        """Make the error.

        Args:
            fault: What it is.
            id: The model's name.
            detail: What the hub or the system said; foreign.
            hub: Where the hub is; foreign.
            page: Where people look at the model; foreign.
        """
        shown = {
            "id": id,
            "hub": _safe(hub) or "its address",
            "page": _safe(page) or "its page",
        }
        why, next_step = (words.format(**shown) for words in _WORDS[fault])
        if told := _safe(detail).rstrip(" ."):
            why = f"{why} ({told})"
        super().__init__(f"cannot download {id}", why, next_step)
        self.fault: HubFault = fault


def fault_named(word: str) -> HubFault:
    """The fault that a word stands for."""
    return next((known for known in get_args(HubFault) if known == word), "failed")


def _safe(text: str) -> str:
    return one_line(redact(text), 200)
