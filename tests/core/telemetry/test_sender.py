"""The thread that sends: nobody waits for it, and it says one thing once."""

import threading
from collections.abc import Sequence

import pytest

from mux_tui.core.telemetry import sender
from mux_tui.core.telemetry.facts import SpanFacts, Told
from mux_tui.core.telemetry.sender import MOST_WAITING, Sender
from mux_tui.core.telemetry.undelivered import Undelivered
from tests.core.telemetry.collector import PATIENCE


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is what these tests cannot wait for."""
    monkeypatch.setattr(sender, "_REST_SECONDS", 0.01)
    monkeypatch.setattr(sender, "_GATHERING_SECONDS", 0.01)
    monkeypatch.setattr(sender, "LEAVING_SECONDS", PATIENCE)


class Delivers:
    """Takes what it gets, after some failures, when it may."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.may = threading.Event()
        self.may.set()
        self.busy = threading.Event()
        self.took: list[list[Told]] = []
        self.taken = threading.Event()
        self.closed = threading.Event()

    def deliver(self, told: Sequence[Told]) -> None:
        """Take them."""
        self.busy.set()
        assert self.may.wait(PATIENCE)
        if self.failures:
            raise self.failures.pop(0)
        self.took.append(list(told))
        self.taken.set()

    def close(self) -> None:
        """Remember it."""
        self.closed.set()

    @property
    def ids(self) -> list[str]:
        """Of all that was taken."""
        return [told.span.id for batch in self.took for told in batch]


def told(number: int) -> Told:
    """One of many."""
    return Told(SpanFacts(str(number), "chat", "client", 1.0, 2.0, {}))


class Said(list[str]):
    """What was told."""


async def test_what_waits_is_sent_before_it_ends() -> None:
    delivers, said = Delivers(), Said()
    one = Sender(lambda: delivers, said.append)
    for number in range(5):
        one.put(told(number))
    await one.aclose()
    assert delivers.ids == ["0", "1", "2", "3", "4"]
    assert delivers.closed.is_set()
    assert said == []


async def test_what_comes_while_one_is_under_way_goes_with_the_next() -> None:
    delivers = Delivers()
    delivers.may.clear()
    one = Sender(lambda: delivers, Said().append)
    one.put(told(0))
    assert delivers.busy.wait(PATIENCE)
    for number in (1, 2):
        one.put(told(number))
    delivers.may.set()
    await one.aclose()
    assert [len(batch) for batch in delivers.took] == [1, 2]


async def test_a_failure_is_said_once_and_tried_again() -> None:
    down = Undelivered("nothing answers")
    delivers, said = Delivers(down, down, down), Said()
    one = Sender(lambda: delivers, said.append)
    one.put(told(0))
    assert delivers.taken.wait(PATIENCE)
    one.put(told(1))
    await one.aclose()
    assert delivers.ids == ["0", "1"]
    assert said == [
        "telemetry could not be sent: nothing answers. `mux doctor` looks again"
    ]


async def test_what_will_never_be_taken_is_dropped() -> None:
    delivers = Delivers(Undelivered("refused", again=False))
    delivers.may.clear()
    one = Sender(lambda: delivers, Said().append)
    one.put(told(0))
    assert delivers.busy.wait(PATIENCE)
    one.put(told(1))
    delivers.may.set()
    assert delivers.taken.wait(PATIENCE)
    await one.aclose()
    assert delivers.ids == ["1"]


async def test_leaving_tries_once_and_goes() -> None:
    delivers, said = Delivers(*[Undelivered("down")] * 9), Said()
    delivers.may.clear()
    one = Sender(lambda: delivers, said.append)
    one.put(told(0))
    assert delivers.busy.wait(PATIENCE)
    one.close()
    delivers.may.set()
    await one.aclose()
    assert delivers.took == []
    assert len(said) == 1
    assert len(delivers.failures) == 8


async def test_leaving_does_not_wait_for_one_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender, "LEAVING_SECONDS", 0.05)
    delivers, said = Delivers(), Said()
    delivers.may.clear()
    one = Sender(lambda: delivers, said.append)
    one.put(told(0))
    await one.aclose()
    assert not delivers.closed.is_set()
    assert "did not take it before mux ended" in said[0]
    delivers.may.set()
    assert delivers.closed.wait(PATIENCE)


async def test_the_newest_are_kept_when_nothing_is_taken() -> None:
    delivers = Delivers(Undelivered("down"))
    delivers.may.clear()
    one = Sender(lambda: delivers, Said().append)
    one.put(told(0))
    assert delivers.busy.wait(PATIENCE)
    for number in range(1, MOST_WAITING + 50):
        one.put(told(number))
    delivers.may.set()
    assert delivers.taken.wait(PATIENCE)
    await one.aclose()
    # The failed batch found no room, and the oldest had made room before.
    wanted = [str(number) for number in range(50, MOST_WAITING + 50)]
    assert delivers.ids == wanted


async def test_packages_that_are_missing_are_said_with_what_installs_them() -> None:
    def make() -> Delivers:
        raise ModuleNotFoundError("No module named 'opentelemetry'")

    said = Said()
    one = Sender(make, said.append)
    one.put(told(0))
    await one.aclose()
    (notice,) = said
    assert "packages are not installed" in notice
    assert "pip install 'mux-tui[otel]'" in notice


async def test_what_cannot_be_made_is_said_as_it_is() -> None:
    def make() -> Delivers:
        raise Undelivered("a variable is wrong", again=False)

    said = Said()
    one = Sender(make, said.append)
    one.put(told(0))
    await one.aclose()
    (notice,) = said
    assert notice.startswith("telemetry could not be sent: a variable is wrong")


async def test_a_bug_of_ours_is_one_sentence() -> None:
    said = Said()
    one = Sender(lambda: Delivers(ZeroDivisionError()), said.append)
    one.put(told(0))
    await one.aclose()
    one.put(told(1))
    await one.aclose()
    assert len(said) == 1
    assert "mux itself failed (ZeroDivisionError)" in said[0]
