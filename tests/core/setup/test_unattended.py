"""The wizard driven by itself."""

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import Declined
from mux_tui.core.hardware import macos
from mux_tui.core.machine.capacity import capacity_of
from mux_tui.core.setup.choices import ModelChoice
from mux_tui.core.setup.facts import DownloadFound, Failure, HardwareFound, SetupEvent
from mux_tui.core.setup.surroundings import Surroundings
from mux_tui.core.setup.unattended import Drive, go_through
from mux_tui.core.setup.wizard import Wizard, open_wizard
from tests.core.hardware import recorded
from tests.core.hardware.recorded import playing
from tests.core.setup.conftest import Make, PlayedRegistrar
from tests.core.setup.played import counting
from tests.hub.server import serving
from tests.upstream import upstream


def silent(_: SetupEvent) -> None:
    """Nobody watches."""


async def no(_: DownloadFound) -> None:
    raise Declined("nothing was installed")


def drive(told: list[str], *, dry_run: bool = False, looks: bool = True) -> Drive:
    return Drive(silent, no, told.append, looks=looks, dry_run=dry_run)


async def on_a_mac(environment: Environment, hub: str) -> Wizard:
    """A wizard on a large Mac, with this hub."""
    variables = {**environment.variables, "HF_ENDPOINT": hub}
    around = Surroundings((), playing({}), PlayedRegistrar())
    wizard = open_wizard(Environment(variables), around=around, keeps_draft=False)
    facts = await macos.read(recorded.M4_PRO_48.ask, "python3")
    wizard.findings.hardware = HardwareFound(facts, capacity_of(facts), (), ())
    return wizard


async def test_where_no_hub_answers_the_starter_takes_the_suggestions_place(
    environment: Environment,
) -> None:
    with serving([]) as hub:
        gone = hub.base_url
    wizard, told = await on_a_mac(environment, gone), list[str]()
    assert await go_through(wizard, drive(told, dry_run=True)) is None
    assert wizard.choices.model == ModelChoice("starter")
    (sentence,) = told
    assert "no hub answers" in sentence
    assert sentence.endswith("The starter is taken instead")


async def test_a_model_that_was_named_has_no_substitute(
    environment: Environment,
) -> None:
    with serving([]) as hub:
        gone = hub.base_url
    wizard, told = await on_a_mac(environment, gone), list[str]()
    wizard.choose(model=ModelChoice("hub", "a/b"))
    failure = await go_through(wizard, drive(told, dry_run=True))
    assert isinstance(failure, Failure)
    assert (failure.step, wizard.step, told) == ("download", "download", [])


async def test_a_download_that_is_not_agreed_to_is_none(make: Make) -> None:
    wizard = make(keeps_draft=False)
    wizard.choose(model=ModelChoice("starter"))
    with pytest.raises(Declined):
        await go_through(wizard, drive([], looks=False))
    assert not wizard.paths.models.exists()


async def test_only_what_is_needed_is_looked_at(make: Make) -> None:
    async with upstream(play=counting()) as up:
        wizard = make(keeps_draft=False)
        wizard.choose(model=ModelChoice("server", "", up.base_url))
        assert await go_through(wizard, drive([], looks=False)) is None
    found = wizard.findings
    assert (found.hardware, found.model, found.connect) == (None, None, None)
    assert found.proof
