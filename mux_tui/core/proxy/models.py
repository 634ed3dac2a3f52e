"""The local model in the list of models, under an id that clients show.

Claude Code shows only ids that begin with `claude`; what people read is the model's
own name.
"""

import re

import orjson

from mux_tui.core.wire.anthropic_frames import models_page

_SINCE = "2025-01-01T00:00:00Z"
_LONGEST = 100


def alias(name: str) -> str:
    """The id under which a client can choose the local model called `name`."""
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")[:_LONGEST]
    return f"claude-mux-{slug or 'local'}"


def model_list(name: str) -> bytes:
    """The answer to `GET /v1/models`."""
    return models_page([(alias(name), name or "local model")], _SINCE)


def model_entry(name: str, id: str) -> bytes:
    """The answer to `GET /v1/models/ID`: whatever the id, it is the local model."""
    page = orjson.loads(models_page([(id, name or "local model")], _SINCE))
    return orjson.dumps(page["data"][0])
