"""The variables that make Claude Code talk to the proxy, and behave well there.

Every one of them was measured on the real client: without them it asks for models that
are not here, keeps changing the beginning of its prompt, or gives up on a model that
reads slowly.
"""

from mux_tui.core.config.settings import Proxy
from mux_tui.core.proxy.translate.facts import ModelTraits

TOKEN_HEADER = "X-Mux-Token"

_PATIENCE_MS = 3_600_000
_SILENCE_MS = 900_000
"""The client aborts a stream after so long without an event it counts."""

_RETRIES = 2


def max_tokens_of(traits: ModelTraits, proxy: Proxy) -> int:
    """Most tokens of one answer of this model."""
    caps = {
        "small": proxy.small_max_tokens,
        "medium": proxy.medium_max_tokens,
        "large": proxy.large_max_tokens,
    }
    cap = caps[traits.tier]
    # An answer must leave room for the prompt.
    return min(cap, traits.context_window // 2) if traits.context_window else cap


def client_environment(
    address: str, token: str, model: ModelTraits | None, proxy: Proxy
) -> dict[str, str]:
    """What to set before starting Claude Code.

    Args:
        address: Where the proxy answers, without a path.
        token: What it wants to see.
        model: The local model; None: not known yet.
        proxy: Whether requests may go on to the real API, with the client's own login.
    """
    name = model.name if model else "local"
    variables = {
        "ANTHROPIC_BASE_URL": address,
        "ANTHROPIC_CUSTOM_HEADERS": f"{TOKEN_HEADER}: {token}",
        "ANTHROPIC_MODEL": name,
        # Titles, sub-agents and aliases would ask for Claude models by name.
        "ANTHROPIC_SMALL_FAST_MODEL": name,
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": name,
        "ANTHROPIC_DEFAULT_SONNET_MODEL": name,
        "ANTHROPIC_DEFAULT_OPUS_MODEL": name,
        "CLAUDE_CODE_SUBAGENT_MODEL": name,
        # This header changes, and with it the beginning of every prompt.
        "CLAUDE_CODE_ATTRIBUTION_HEADER": "0",
        "CLAUDE_CODE_MAX_RETRIES": str(_RETRIES),
        "CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION": "false",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_TELEMETRY": "1",
        "API_TIMEOUT_MS": str(_PATIENCE_MS),
        "CLAUDE_STREAM_IDLE_TIMEOUT_MS": str(_SILENCE_MS),
        "NO_PROXY": "127.0.0.1,localhost",
    }
    if not proxy.relay:
        # No login is needed; with one set, the client's own would not be sent.
        variables["ANTHROPIC_AUTH_TOKEN"] = token
    if model is not None:
        variables |= _of_model(model, proxy)
    return variables


def _of_model(model: ModelTraits, proxy: Proxy) -> dict[str, str]:
    variables = {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(max_tokens_of(model, proxy))}
    if model.context_window:
        window = str(model.context_window)
        variables["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] = window
        variables["CLAUDE_CODE_AUTO_COMPACT_WINDOW"] = window
    return variables
