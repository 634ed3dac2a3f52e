"""The wizard as a whole: whatever is done to it, it writes only at its end."""

import asyncio
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.load import load
from mux_tui.core.errors import ServerError
from mux_tui.core.setup import draft
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import (
    DownloadFound,
    Failure,
    HardwareFound,
    ModelFound,
    Proof,
    ServeFound,
    Trial,
)
from mux_tui.core.setup.servers import Usual
from mux_tui.core.setup.steps import STEPS
from mux_tui.core.setup.surroundings import Surroundings
from mux_tui.core.setup.wizard import Wizard, open_wizard
from tests.core.hardware.recorded import playing
from tests.core.machine.files import write_model
from tests.core.model_server.conftest import alive
from tests.core.setup.conftest import Make, PlayedRegistrar, files
from tests.core.setup.played import counting
from tests.hub.server import serving
from tests.upstream import upstream

MODELS = [
    ModelChoice(),
    ModelChoice("starter"),
    ModelChoice("hub", "a/b"),
    ModelChoice("directory", "mine"),
    ModelChoice("server", "q", "http://127.0.0.1:9/v1"),
    ModelChoice("cloud"),
]
MOVES = st.lists(
    st.one_of(
        st.sampled_from(["next", "back", "skip", "plan"]), st.sampled_from(MODELS)
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(MOVES, st.booleans())
def test_no_way_through_the_steps_writes_before_the_end(
    moves: list[str | ModelChoice], cancelled: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment({"MUX_HOME": f"{folder}/mux", "HOME": folder})
        wizard = open_wizard(environment, around=Surroundings((), playing({})))
        for move in moves:
            if isinstance(move, ModelChoice):
                wizard.choose(model=move)
            elif move == "plan":
                assert wizard.plan().files
            else:
                assert getattr(wizard, move)() in STEPS
            assert set(files(Path(folder))) <= {"mux/state/setup.json"}
            assert [step for step, place in wizard.trail if place == "here"] == [
                wizard.step
            ]
        left = draft.read(environment.paths)
        if moves and moves[-1] != "plan":
            assert left
            assert (left.step, left.choices) == (wizard.step, wizard.choices)
        if cancelled:
            asyncio.run(wizard.cancel())
            assert os.listdir(folder) == []


async def walk(wizard: Wizard, to: str) -> None:
    while wizard.step != to:
        before = wizard.step
        assert wizard.next() != before


async def test_a_killed_wizard_is_gone_on_with(make: Make) -> None:
    first = make()
    first.choose(model=ModelChoice("cloud"), permission="never")
    await walk(first, "connect")
    left = draft.read(first.paths)
    assert left
    second = make()
    second.resume(left)
    assert (second.step, second.choices) == ("connect", first.choices)
    await second.cancel()
    assert draft.read(first.paths) is None


async def test_a_wizard_without_a_draft_leaves_none(make: Make, tmp_path: Path) -> None:
    wizard = make(keeps_draft=False)
    wizard.choose(permission="never")
    wizard.next()
    assert files(tmp_path) == []


async def test_a_found_server_is_adopted_from_its_usual_place_to_the_settings(
    make: Make, environment: Environment
) -> None:
    async with upstream(play=counting(), model="coder:7b") as up:
        wizard = make(usual=(Usual("Ollama", up.port),))
        assert isinstance(await wizard.probe(), HardwareFound)
        wizard.next()
        models = await wizard.probe()
        assert isinstance(models, ModelFound)
        offer = models.offers[0]
        assert "runs already: Ollama" in offer.words
        wizard.choose(model=offer.choice)
        assert wizard.next() == "serve"
        found = await wizard.probe()
        assert isinstance(found, ServeFound)
        assert found.running
        proof = await wizard.run()
        assert isinstance(proof, Proof)
        assert (proof.model_id, proof.tools.word) == ("coder:7b", "parsed")
        await walk(wizard, "summary")
        carried = await wizard.carry_out(wizard.plan())
        assert carried.ok
    local = load(environment, None).settings.providers.local
    assert (local.base_url, local.model) == (up.base_url, "coder:7b")
    assert wizard.ended == "written"
    assert not draft.draft_file(environment.paths).exists()


async def test_a_model_on_disk_is_served_proved_and_cancelled_without_a_trace(
    make: Make, environment: Environment, tmp_path: Path
) -> None:
    write_model(environment.paths.models / "mine")
    there = files(tmp_path)
    wizard = make()
    wizard.choose(model=ModelChoice("directory", "mine"))
    await walk(wizard, "serve")
    proof = await wizard.run()
    assert isinstance(proof, Proof)
    assert proof.started
    assert alive(tmp_path / "pids")
    await wizard.cancel()
    assert alive(tmp_path / "pids") == []
    assert files(tmp_path) == [*there, "pids"]
    assert not environment.paths.state_dir.exists()


async def test_what_was_measured_is_remembered_only_at_the_end(
    make: Make, environment: Environment
) -> None:
    write_model(environment.paths.models / "mine")
    wizard = make()
    wizard.choose(model=ModelChoice("directory", "mine"))
    await walk(wizard, "serve")
    assert isinstance(await wizard.run(), Proof)
    assert not (environment.paths.state_dir / "measured.json").exists()
    await walk(wizard, "summary")
    await wizard.carry_out(wizard.plan())
    assert (environment.paths.state_dir / "measured.json").exists()
    assert await wizard.cancel() == ()
    assert environment.paths.config_file.exists()
    assert await wizard._server.stop()  # pyright: ignore[reportPrivateUsage]


async def test_cancelling_while_the_server_starts_ends_it(
    make: Make, environment: Environment, tmp_path: Path
) -> None:
    write_model(environment.paths.models / "mine")
    there = files(tmp_path)
    wizard = make("never")
    wizard.choose(model=ModelChoice("directory", "mine"))
    await walk(wizard, "serve")
    running = asyncio.create_task(wizard.run())
    async with asyncio.timeout(30):
        while not alive(tmp_path / "pids"):
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await wizard.cancel()
    assert alive(tmp_path / "pids") == []
    assert files(tmp_path) == [*there, "pids"]


async def test_a_server_that_runs_out_of_memory_offers_less_of_everything(
    make: Make, environment: Environment, tmp_path: Path
) -> None:
    write_model(environment.paths.models / "mine")
    wizard = make("dies")
    wizard.choose(model=ModelChoice("directory", "mine"))
    await walk(wizard, "serve")
    failure = await wizard.run()
    assert isinstance(failure, Failure)
    assert failure is wizard.failure
    actions = [way.action for way in failure.ways]
    assert actions[:3] == ["smaller_model", "less_context", "show_log"]
    assert any("Unable to allocate" in line for line in failure.log)
    assert "\x1b" not in "".join(failure.log)
    keys = [way.key for way in failure.ways]
    assert len(set(keys)) == len(keys)
    less = failure.ways[1]
    assert wizard.take(less) == "serve"
    assert wizard.choices.context == 16_384
    assert wizard.failure is None
    await wizard.cancel()
    assert files(tmp_path / "mux" / "state") == []


async def test_without_a_hub_the_ways_on_need_none(
    make: Make, environment: Environment
) -> None:
    with serving([]) as hub:
        gone = hub.base_url
    told = {**environment.variables, "HF_ENDPOINT": gone}
    wizard = open_wizard(
        Environment(told), around=Surroundings((), playing({}), PlayedRegistrar())
    )
    wizard.choose(model=ModelChoice("hub", "a/b"))
    await walk(wizard, "download")
    failure = await wizard.probe()
    assert isinstance(failure, Failure)
    starter = next(way for way in failure.ways if way.action == "starter")
    assert wizard.take(starter) == "download"
    found = await wizard.probe()
    assert isinstance(found, DownloadFound)
    assert found.missing == found.bytes == 92_871_040
    assert found.words
    assert wizard.next() == "connect", "what is not here cannot be served"
    assert wizard.back() == "download"
    await wizard.cancel()


async def test_a_model_whose_files_are_gone_is_a_failure_with_ways(make: Make) -> None:
    wizard = make()
    wizard.choose(model=ModelChoice("directory", "gone"))
    await walk(wizard, "serve")
    failure = await wizard.probe()
    assert isinstance(failure, Failure)
    assert isinstance(failure.error, ServerError)
    assert failure.ways
    await wizard.cancel()


async def test_skipping_gives_the_settings_back(
    make: Make, environment: Environment
) -> None:
    environment.paths.config_dir.mkdir(parents=True)
    environment.paths.config_file.write_text(
        '[cloud]\npermission = "never"\n[providers.local]\nmodel = "mine"\n'
    )
    wizard = make()
    wizard.next()
    wizard.choose(model=ModelChoice("cloud"), permission="allow", mcp=("claude",))
    wizard.skip()
    assert wizard.choices.model == ModelChoice("directory", "mine")
    while wizard.step != "summary":
        wizard.skip()
    assert wizard.choices == wizard.present
    assert wizard.plan().changes_nothing
    assert wizard.skip() == "summary"
    await wizard.cancel()


async def test_the_trials_of_a_run_are_told_as_they_go(make: Make) -> None:
    events: list[object] = []
    async with upstream(play=counting()) as up:
        wizard = make()
        wizard.choose(model=ModelChoice("server", "", up.base_url))
        await walk(wizard, "serve")
        await wizard.run(events.append)
        await wizard.cancel()
    assert Trial("tool_call", "running") in events
