"""Where a way on, or a skipped step, leads to; values in, values out."""

from dataclasses import replace

from mux_tui.core.catalog.fit import DEFAULT_CONTEXT
from mux_tui.core.setup.choices import Choices, ModelChoice, with_model
from mux_tui.core.setup.facts import ModelFound, Offer
from mux_tui.core.setup.steps import Step, after
from mux_tui.core.setup.ways import WayAction

LEAST_CONTEXT = 2048


def without(step: Step, choices: Choices, present: Choices) -> Choices:
    """The choices when a step is skipped: what it chooses is as the settings say."""
    match step:
        case "model":
            return replace(choices, model=present.model, context=present.context)
        case "connect":
            return replace(
                choices,
                permission=present.permission,
                order=present.order,
                tiers=present.tiers,
                mcp=present.mcp,
            )
        case "hardware" | "download" | "serve" | "summary":
            return choices


def taken(
    action: WayAction,
    step: Step,
    choices: Choices,
    present: Choices,
    models: ModelFound | None,
) -> tuple[Choices, Step]:
    """What is chosen, and the step to be at, once a way on was taken.

    Args:
        action: What the way does; `skip` is the wizard's own business.
        step: Where the failure was.
        choices: What was chosen.
        present: What the settings say.
        models: What step 2 found; None: it was not looked at.
    """
    match action:
        case "retry" | "show_log" | "skip":
            return choices, step
        case "another_model" | "other_server":
            return choices, "model"
        case "less_context":
            return replace(choices, context=less_context(choices, models)), step
        case "starter":
            return _to(ModelChoice("starter"), choices, present)
        case "smaller_model":
            smaller = smaller_than(choices.model, models)
            return _to(smaller or ModelChoice("starter"), choices, present)
        case "cloud_only":
            return with_model(choices, ModelChoice("cloud"), present), "connect"


def less_context(choices: Choices, models: ModelFound | None) -> int:
    """Half of what it is given now, but enough for a question and an answer."""
    made_for = DEFAULT_CONTEXT
    found = _offer_of(choices.model, models)
    if found is not None and found.row is not None and found.row.model is not None:
        made_for = min(found.row.model.context, DEFAULT_CONTEXT)
    return max((choices.context or made_for) // 2, LEAST_CONTEXT)


def smaller_than(model: ModelChoice, models: ModelFound | None) -> ModelChoice | None:
    """The largest model that fits and is smaller than this one; None: there is none."""
    found = _offer_of(model, models)
    size = _size(found) if found else 0
    offers = models.offers if models else ()
    smaller = [
        one for one in offers if 0 < _size(one) < (size or 1 << 60) and _fits(one)
    ]
    best = max(smaller, key=lambda one: (_rank(one), _size(one)), default=None)
    return best.choice if best else None


def _to(model: ModelChoice, choices: Choices, present: Choices) -> tuple[Choices, Step]:
    chosen = with_model(choices, model, present)
    return chosen, after("model", chosen) or "summary"


def _offer_of(model: ModelChoice, models: ModelFound | None) -> Offer | None:
    offers = models.offers if models else ()
    return next((one for one in offers if one.choice == model), None)


def _size(offer: Offer) -> int:
    row = offer.row
    return row.model.bytes if row is not None and row.model is not None else 0


def _rank(offer: Offer) -> int:
    row = offer.row
    return row.model.rank if row is not None and row.model is not None else 0


def _fits(offer: Offer) -> bool:
    fit = offer.row.fit if offer.row is not None else None
    return fit is not None and fit.word != "no"
