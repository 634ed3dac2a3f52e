"""What Claude Code is started with: the cheapest trimming is not to send it.

Claude Code with all its tools begins every conversation with more tokens than a small
model can hold; with its core tools, with a quarter of them; bare, with a twentieth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mux_tui.core.config.settings import Proxy
from mux_tui.core.proxy.client_environment import max_tokens_of
from mux_tui.core.proxy.translate.facts import ModelTraits

ProfileName = Literal["full", "core", "bare"]

CORE_TOOLS = "Bash,Edit,Read,Write,Glob,Grep"

_FIRST_TURN = 4.0
"""The first prompt of a conversation is read once, and may take this many times longer
than what is read on every turn."""

_GUESSED_RATE = {"small": 200.0, "medium": 150.0, "large": 400.0}
"""Tokens a second, until they are measured: slow laptops read small models at this
speed, and large models are run on fast machines."""


@dataclass(frozen=True)
class Profile:
    """A way to start Claude Code."""

    name: ProfileName
    arguments: tuple[str, ...]
    variables: dict[str, str]
    tokens: int
    """What its first prompt takes, before any trimming, measured on the real client."""

    sentence: str = ""
    """Why it was chosen, for people."""


_LEAN = {
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
    "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS": "1",
}

PROFILES: dict[ProfileName, Profile] = {
    "full": Profile("full", (), {}, 22_000),
    "core": Profile("core", ("--tools", CORE_TOOLS), _LEAN, 4500),
    "bare": Profile("bare", ("--bare",), _LEAN, 1200),
}

_PRINTING = {"-p", "--print"}


def arguments_of(profile: Profile, users: Sequence[str]) -> tuple[str, ...]:
    """What to start Claude Code with, the user's own arguments last, so that they win.

    Args:
        profile: The chosen one.
        users: The user's arguments, untouched.
    """
    own = profile.arguments
    if profile.name == "core" and _PRINTING & set(users):
        # Where nobody types `/exit`, the list of commands is only long.
        own = (*own, "--disable-slash-commands")

    return (*own, *users)


def choose_profile(traits: ModelTraits | None, proxy: Proxy) -> Profile:
    """The richest profile whose first prompt the model can hold and read in time.

    Args:
        traits: The local model; None: not known.
        proxy: The profile that is wanted, and how long reading may take.
    """
    if proxy.profile != "auto":
        chosen = PROFILES[proxy.profile]
        return _with(chosen, f"{chosen.name}: the settings say so")
    if traits is None:
        return _with(PROFILES["core"], "core: the model is not known yet")

    room, why = _room(traits, proxy)
    for profile in (PROFILES["full"], PROFILES["core"]):
        if profile.tokens <= room:
            return _with(profile, f"{profile.name}: {why}")

    return _with(PROFILES["bare"], f"bare: {why}")


def _room(traits: ModelTraits, proxy: Proxy) -> tuple[int, str]:
    rate = traits.prefill_rate or _GUESSED_RATE[traits.tier]
    readable = round(rate * proxy.prefill_seconds * _FIRST_TURN)
    measured = "" if traits.prefill_rate else "about "
    why = f"{traits.name} reads {measured}{rate:,.0f} tokens a second"
    if traits.context_window is None:
        return readable, why

    fits = traits.context_window - max_tokens_of(traits, proxy)
    return min(readable, fits), f"{why} and holds {traits.context_window:,}"


def _with(profile: Profile, sentence: str) -> Profile:
    return Profile(
        profile.name, profile.arguments, profile.variables, profile.tokens, sentence
    )
