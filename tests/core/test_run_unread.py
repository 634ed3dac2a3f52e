"""What a run told before anybody read it: taken at once, and told no second time."""

from mux_tui.core.events import Decided, Finished, Started
from tests.core.test_cascade import GOOD, Stage
from tests.core.test_run import begun, seen


async def test_what_was_taken_does_not_come_again() -> None:
    run = begun(Stage(local=[GOOD]))
    await run.decided.wait()
    taken = run.unread()
    assert [type(event) for event in taken[:2]] == [Started, Decided]
    left = await seen(run)
    assert not {Started, Decided} & {type(event) for event in left}
    assert isinstance(left[-1], Finished)


async def test_taking_everything_leaves_the_end() -> None:
    run = begun(Stage(local=[GOOD]))
    await run.ended()
    taken = run.unread()
    assert isinstance(taken[-1], Finished)
    assert run.unread() == []
    assert await seen(run) == []
