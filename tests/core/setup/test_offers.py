"""What can be chosen, on real machines, and what Enter takes."""

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.hardware import linux, macos
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.machine.advice import recommend
from mux_tui.core.machine.capacity import capacity_of
from mux_tui.core.machine.report import fact_lines
from mux_tui.core.setup.choices import Choices, ModelChoice
from mux_tui.core.setup.facts import FoundServer, HardwareFound, ModelFound
from mux_tui.core.setup.offers import look_at_models
from mux_tui.core.setup.taking import smaller_than, taken
from mux_tui.core.setup.ways import WayAction
from mux_tui.core.weights.hub.name import HubName
from tests.core.hardware import recorded
from tests.core.hardware.recorded import MACS, RecordedMac, playing
from tests.core.machine.files import write_model

OLLAMA = FoundServer("Ollama", "http://127.0.0.1:11434/v1", True, ("q:7b", "q:1b"))
SHUT = FoundServer("vLLM", "http://127.0.0.1:8000/v1", True, (), "it asks for a key")
GIB = 1 << 30


def machine(facts: MachineFacts, *servers: FoundServer) -> HardwareFound:
    capacity = capacity_of(facts)
    return HardwareFound(facts, capacity, fact_lines(facts, capacity), servers)


async def mac(which: RecordedMac, *servers: FoundServer) -> HardwareFound:
    return machine(await macos.read(which.ask, "python3"), *servers)


async def box(*servers: FoundServer) -> HardwareFound:
    memory = Memory(16 * GIB, 12 * GIB)
    facts = await linux.read(playing({}), "python3", memory)
    return machine(facts, *servers)


async def looked(
    environment: Environment, found: HardwareFound, choices: Choices | None = None
) -> ModelFound:
    return await look_at_models(environment, Settings(), found, choices or Choices())


@pytest.mark.parametrize("which", MACS, ids=lambda mac: f"{mac.chip} {mac.gibibytes}")
async def test_the_recommendation_is_what_enter_takes(
    which: RecordedMac, environment: Environment
) -> None:
    hardware = await mac(which)
    found = await looked(environment, hardware)
    best = recommend(hardware.facts).best
    assert best
    assert found.suggested
    assert found.suggested.row
    assert found.suggested.row.recommended
    wanted = "starter" if best.model.starter else "hub"
    assert found.suggested.choice.kind == wanted
    assert found.suggested.choice.id == ("" if best.model.starter else best.model.id)
    for offer in found.offers:
        if offer.choice.kind == "hub":
            assert HubName.parse(offer.choice.id)
    assert found.offers[-1].choice.kind == "cloud"


async def test_where_only_the_starter_runs_a_server_that_runs_is_worth_more(
    environment: Environment,
) -> None:
    alone = await looked(environment, await box())
    assert alone.suggested
    assert alone.suggested.choice.kind == "starter"
    beside = await looked(environment, await box(SHUT, OLLAMA))
    assert beside.suggested
    assert beside.suggested.choice == ModelChoice("server", "q:7b", OLLAMA.base_url)
    kinds = [one.choice.id for one in beside.offers if one.choice.kind == "server"]
    assert kinds == ["q:7b", "q:1b"]


async def test_on_a_mac_a_server_is_offered_and_not_forced(
    environment: Environment,
) -> None:
    found = await looked(environment, await mac(recorded.M4_PRO_48, OLLAMA))
    assert found.offers[0].choice.kind == "server"
    assert found.suggested
    assert found.suggested.choice.kind == "hub"


async def test_what_was_chosen_before_stays_the_default(
    environment: Environment,
) -> None:
    write_model(environment.paths.models / "mine")
    mine = Choices(ModelChoice("directory", "mine"))
    far = Choices(ModelChoice("server", "x", "http://10.0.0.9:8000/v1"))
    hardware = await mac(recorded.M4_PRO_48)
    for choices in (mine, far):
        found = await looked(environment, hardware, choices)
        assert found.suggested
        assert found.suggested.choice == choices.model
    gone = Choices(ModelChoice("directory", "gone"))
    found = await looked(environment, hardware, gone)
    assert found.suggested
    assert found.suggested.choice.kind == "hub"


async def test_the_users_own_table_is_offered_and_its_faults_told(
    environment: Environment,
) -> None:
    environment.paths.config_dir.mkdir(parents=True)
    (environment.paths.config_dir / "models.toml").write_text("[[model]]\n")
    found = await looked(environment, await box())
    assert len(found.problems) == 1


async def test_smaller_is_smaller_until_the_starter_is_left(
    environment: Environment,
) -> None:
    models = await looked(environment, await mac(recorded.M4_PRO_48))
    assert models.suggested
    choice = models.suggested.choice
    sizes = {
        one.choice: one.row.model.bytes
        for one in models.offers
        if one.row and one.row.model
    }
    seen: list[int] = []
    while (smaller := smaller_than(choice, models)) is not None:
        assert sizes[smaller] < sizes[choice]
        choice = smaller
        seen.append(sizes[choice])
    assert len(seen) > 2
    assert choice.kind == "starter"


@pytest.mark.parametrize(
    ("action", "kind", "step"),
    [
        ("retry", "hub", "serve"),
        ("show_log", "hub", "serve"),
        ("another_model", "hub", "model"),
        ("other_server", "hub", "model"),
        ("less_context", "hub", "serve"),
        ("starter", "starter", "download"),
        ("smaller_model", "starter", "download"),
        ("cloud_only", "cloud", "connect"),
    ],
)
def test_each_way_leads_somewhere(action: WayAction, kind: str, step: str) -> None:
    choices = Choices(ModelChoice("hub", "a/b"))
    after, there = taken(action, "serve", choices, Choices(), None)
    assert (after.model.kind, there) == (kind, step)


def test_less_context_is_half_and_ends_somewhere() -> None:
    choices = Choices(ModelChoice("hub", "a/b"))
    seen: list[int] = []
    for _ in range(6):
        choices, _ = taken("less_context", "serve", choices, Choices(), None)
        seen.append(choices.context)
    assert seen == [16_384, 8192, 4096, 2048, 2048, 2048]
