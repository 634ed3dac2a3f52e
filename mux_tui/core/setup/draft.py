"""Choices that outlive a wizard that was killed.

One small file in the state directory, written at each step and removed when the wizard
ends, however it ends. It is read as if anybody could have written it.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.events import plain
from mux_tui.core.paths import Paths, private_directory, write_private
from mux_tui.core.permission import Permission
from mux_tui.core.setup.choices import Choices, ModelChoice, ModelKind, Tiers
from mux_tui.core.setup.steps import STEPS, Step
from mux_tui.core.task import CLOUD_ROUTES, Route
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.wire.documents import (
    NotJson,
    as_count,
    as_list,
    as_object,
    as_text,
    parse,
)

_SCHEMA = "mux.setup.draft/1"
_LIMIT = 64 * 1024
_LONGEST = 1000


@dataclass(frozen=True)
class Draft:
    """Where a wizard had come to."""

    choices: Choices
    step: Step
    skipped: frozenset[Step] = frozenset()


def draft_file(paths: Paths) -> Path:
    """Where it is kept."""
    return paths.state_dir / "setup.json"


def save(paths: Paths, draft: Draft) -> None:
    """Keep it; what cannot be written is passed over, for it is only a convenience."""
    document = {
        "schema": _SCHEMA,
        "step": draft.step,
        "skipped": sorted(draft.skipped),
        "choices": plain(draft.choices),
    }
    with suppress(OSError, EnvironmentProblem):
        private_directory(paths.state_dir)
        write_private(draft_file(paths), json.dumps(document))


def read(paths: Paths) -> Draft | None:
    """What a killed wizard left; None: nothing that can be used."""
    path = draft_file(paths)
    try:
        if not path.is_file() or path.stat().st_size > _LIMIT:
            return None
        document = as_object(parse(path.read_bytes()))
    except (OSError, NotJson):
        return None

    step = _word(document.get("step"), STEPS)
    choices = _choices(as_object(document.get("choices")))
    if document.get("schema") != _SCHEMA or step is None or choices is None:
        return None

    skipped = _words(document.get("skipped"), STEPS)
    return None if skipped is None else Draft(choices, step, frozenset(skipped))


def remove(paths: Paths) -> None:
    """Forget it."""
    with suppress(OSError):
        draft_file(paths).unlink(missing_ok=True)


def _choices(found: Mapping[str, Any]) -> Choices | None:
    model = _model(as_object(found.get("model")))
    words: tuple[Permission, ...] = get_args(Permission)
    permission = _word(found.get("permission"), words)
    order, mcp = _routes(found.get("order")), _routes(found.get("mcp"))
    context, serve = as_count(found.get("context")), found.get("serve")
    tiers = as_object(found.get("tiers"))
    levels = [_text(tiers.get(name)) for name in ("low", "medium", "high")]
    if model is None or permission is None or order is None or mcp is None:
        return None
    if context is None or not isinstance(serve, bool) or not all(levels):
        return None

    return Choices(model, context, serve, permission, order, Tiers(*levels), mcp)


def _model(found: Mapping[str, Any]) -> ModelChoice | None:
    kinds: tuple[ModelKind, ...] = get_args(ModelKind)
    kind = _word(found.get("kind"), kinds)
    if kind is None:
        return None

    id, url, key = (_text(found.get(name)) for name in ("id", "base_url", "key_env"))
    model = ModelChoice(kind, id, url, key)
    return model if _sensible(model) else None


def _sensible(model: ModelChoice) -> bool:
    """Whether the wizard could have chosen it."""
    match model.kind:
        case "hub":
            try:
                return bool(HubName.parse(model.id))
            except UsageError:
                return False
        case "directory":
            return bool(model.id)
        case "server":
            return model.base_url.startswith(("http://", "https://"))
        case "none" | "starter" | "cloud":
            return True


def _routes(value: object) -> tuple[Route, ...] | None:
    return _words(value, CLOUD_ROUTES)


def _words(value: object, known: tuple[Any, ...]) -> tuple[Any, ...] | None:
    found = [_word(one, known) for one in as_list(value)]
    good = [one for one in found if one is not None]
    whole = len(good) == len(found) == len(set(good)) and isinstance(value, list)
    return tuple(good) if whole else None


def _word(value: object, known: tuple[Any, ...]) -> Any:
    """The word of those that are known, which has their type; None: it is none."""
    return next((word for word in known if word == value), None)


def _text(value: object) -> str:
    text = as_text(value)
    return text if len(text) <= _LONGEST and text.isprintable() else ""
