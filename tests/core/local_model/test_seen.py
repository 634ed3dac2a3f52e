"""A model's state, as it was last seen."""

from pathlib import Path

from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.local_model.base import FixedModel
from mux_tui.core.local_model.seen import SeenModel
from mux_tui.core.routing.situation import LocalState, LocalStatus


class Watched(FixedModel):
    """Counts how often it is asked."""

    directory = Path("/models/one")

    def __init__(self, status: LocalStatus) -> None:
        super().__init__(Scripted("local", (Script("x"),)), LocalState(status))
        self.asked = 0

    async def state(self) -> LocalState:
        """The state it was made with."""
        self.asked += 1
        return await super().state()


async def test_a_model_that_was_ready_a_moment_ago_is_not_asked_again() -> None:
    now = 0.0
    model = Watched("ready")
    seen = SeenModel(model, fresh=5.0, clock=lambda: now)
    assert (await seen.state()).status == "ready"
    now = 4.9
    await seen.state()
    assert model.asked == 1
    now = 5.0
    await seen.state()
    assert model.asked == 2


async def test_any_other_state_is_asked_each_time() -> None:
    model = Watched("startable")
    seen = SeenModel(model, clock=lambda: 0.0)
    await seen.state()
    await seen.state()
    assert model.asked == 2


async def test_a_look_is_always_a_look_and_is_remembered() -> None:
    model = Watched("ready")
    seen = SeenModel(model, clock=lambda: 0.0)
    await seen.look()
    await seen.look()
    await seen.state()
    assert model.asked == 2
    assert seen.directory == model.directory
