"""The way to the local model is found once, and again when it leads nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Backend
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged
from mux_tui.core.local_model.base import Report
from mux_tui.core.proxy.local_door import LocalDoor
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.routing.situation import LocalState
from tests.core.proxy.test_service_parts import Clock


class OneModel:
    """A local model that answers where it is told to."""

    directory: Path | None = None

    def __init__(self) -> None:
        self.looks = 0
        self.starts = 0
        self.error: ServerError | None = None

    async def state(self) -> LocalState:
        self.looks += 1
        return LocalState("startable", "", "m", 4096)

    async def ready(self, report: Report) -> Backend:
        raise AssertionError("nobody asks for a backend")

    async def endpoint(self, report: Report) -> Endpoint:
        self.starts += 1
        report(ServerChanged("loading", "loading the model"))
        if self.error:
            raise self.error
        return Endpoint("http://127.0.0.1:1/v1", "m", context_window=4096, label="M")

    def recover(self) -> None:
        raise AssertionError("nobody asks for that")

    async def aclose(self) -> None:
        pass


def traits_of(endpoint: Endpoint) -> ModelTraits:
    """What an endpoint alone tells."""
    name = endpoint.label or endpoint.model
    return ModelTraits(
        endpoint.model, name, context_window=endpoint.context_window or None
    )


def door_to(model: OneModel, now: Callable[[], float] | None = None) -> LocalDoor:
    """A door to that model."""
    return LocalDoor(model, traits_of, now or Clock())


class TestDoor:
    async def test_it_is_found_once_and_used_again(self) -> None:
        model = OneModel()
        door = door_to(model)
        first, second = await door.open(), await door.open()

        assert first == second
        assert model.starts == 1
        assert (await door.state()).status == "ready"
        assert model.looks == 0

    async def test_after_a_quiet_minute_it_is_looked_for_again(self) -> None:
        model, clock = OneModel(), Clock()
        door = door_to(model, clock)
        await door.open()
        clock.now += 61
        await door.open()

        assert model.starts == 2

    async def test_what_is_lost_is_looked_for_again(self) -> None:
        model = OneModel()
        door = door_to(model)
        await door.open()
        door.lost()
        await door.open()

        assert model.starts == 2

    async def test_a_start_that_fails_is_told_and_tried_anew(self) -> None:
        model = OneModel()
        model.error = ServerError("cannot start")
        door = door_to(model)
        for _ in range(2):
            with pytest.raises(ServerError):
                await door.open()

        assert model.starts == 2
        assert door.phase == ""

    async def test_the_model_is_known_before_its_server_runs(self) -> None:
        model = OneModel()
        traits = await door_to(model).expected()

        assert (traits.name, traits.context_window) == ("m", 4096)
        assert model.starts == 0

    async def test_the_state_is_not_asked_for_each_request(self) -> None:
        model, clock = OneModel(), Clock()
        door = door_to(model, clock)
        await door.state()
        await door.state()
        clock.now += 3
        await door.state()

        assert model.looks == 2
