"""A first look at mux without a model and without a cloud: everything is scripted.

The cascade, the policy, the scoring and the checks are the real ones; only the two
backends play a part. Nothing is recorded and nothing leaves the machine.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.attempts import Parts
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.cascade import Cascade
from mux_tui.core.config.settings import Settings
from mux_tui.core.events import RunEvent
from mux_tui.core.ledger.owner import Owner
from mux_tui.core.ledger.recorder import Recorder
from mux_tui.core.ledger.run_id import new_run_id
from mux_tui.core.local_model.base import FixedModel
from mux_tui.core.permission import nobody
from mux_tui.core.routing.situation import LocalState, Situation
from mux_tui.core.run import Run
from mux_tui.core.survey import survey
from mux_tui.core.task import Task, Usage, Verdict
from mux_tui.core.verification.verdict import verify


@dataclass(frozen=True)
class Scene:
    """One task of the demo, and what the backends say."""

    title: str
    task: str
    local: Script
    cloud: Script


_PAUSE = 0.03

SCENES = (
    Scene(
        "An easy question stays on this machine.",
        "What does the walrus operator do in Python?",
        Script(
            "It assigns a value inside an expression: `if (n := len(items)) > 10:` "
            "binds `n` and compares it in one step.",
            logprob=-0.2,
            usage=Usage(input_tokens=31, output_tokens=27),
            pause=_PAUSE,
        ),
        Script("unused"),
    ),
    Scene(
        "A doubtful answer is not given to you: the task goes to a stronger model.",
        "Why does this test fail only on Fridays?",
        Script(
            "I'm not sure. It might be the date, or perhaps it could be something "
            "else, I think. Maybe",
            finish_reason="length",
            logprob=-2.4,
            usage=Usage(input_tokens=29, output_tokens=22),
            pause=_PAUSE,
        ),
        Script(
            "The test builds a week that starts on Friday and compares it with "
            "`date.weekday()`, where Friday is 4. Compare with `isoweekday()`, or fix "
            "the clock in the test.",
            usage=Usage(input_tokens=212, output_tokens=41, cost_usd=0.0031),
            pause=_PAUSE,
        ),
    ),
    Scene(
        "A hard task is recognised before a single token is generated.",
        "Plan the migration of our session store.",
        Script("unused"),
        Script(
            "1. Write to both stores. 2. Copy what is old. 3. Read from the new one. "
            "4. Stop writing to the old one.",
            usage=Usage(input_tokens=180, output_tokens=36, cost_usd=0.0026),
            pause=_PAUSE,
        ),
    ),
)


async def play(scene: Scene, cwd: Path) -> AsyncGenerator[RunEvent, None]:
    """Play one scene, and tell what happens."""
    task = Task(scene.task, cwd, new_run_id(), door="demo")
    run = Run(task)
    recorder = Recorder(None, Owner(0, 0.0), lambda _: None)
    run.begin(Cascade(task, _parts(scene, cwd), recorder, run.tell), recorder)
    async for event in run.events():
        yield event


def _parts(scene: Scene, cwd: Path) -> Parts:
    settings = Settings()
    state = LocalState("ready", "", "scripted-7b", 32_768, "the demo")
    local = FixedModel(Scripted("local", (scene.local,), "scripted-7b"), state)

    async def surveyed(task: Task) -> Situation:
        return await survey(task, settings, local, ("claude",))

    async def verified(answer: str, task: Task) -> Verdict:
        return await verify(answer, (), settings.verification, cwd, {})

    cloud = Scripted("claude", (scene.cloud,), "scripted-cloud")
    return Parts(settings, surveyed, local, {"claude": cloud}, verified, nobody)
