"""Every way to fail is one clear error, and leaves nothing half installed."""

import socket

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.weights.hub import place
from mux_tui.core.weights.hub.fault import HubError, HubFault
from mux_tui.core.weights.hub.look_up import look_up
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.pull import pull
from tests.core.weights.hub.conftest import Machine, pulled
from tests.hub.repository import Repository
from tests.hub.server import Hub

WEIGHTS = "model.safetensors"


async def failing(
    environment: Environment, model: Repository, fault: HubFault
) -> HubError:
    """Download, and fail for this reason with nothing installed."""
    with pytest.raises(HubError) as caught:
        await pulled(environment, model, tries=2)
    assert place.directory_of(HubName.parse(model.id), environment.paths) is None
    return checked(caught.value, fault)


async def not_found(
    environment: Environment, model: Repository, fault: HubFault
) -> HubError:
    """Look the model up, and fail for this reason with nothing written."""
    with pytest.raises(HubError) as caught:
        await look_up(model.id, environment, tries=2)
    assert not environment.paths.models.exists()
    return checked(caught.value, fault)


def checked(error: HubError, fault: HubFault) -> HubError:
    """The error, which says everything that an error has to say."""
    assert error.fault == fault, str(error)
    assert error.why
    assert error.next_step
    assert "Traceback" not in str(error)
    return error


async def test_an_unknown_model(environment: Environment, model: Repository) -> None:
    model.id = "tiny/Other"
    error = await not_found(environment, model, "unknown")
    assert error.what == "cannot download tiny/Other"


async def test_an_unknown_model_as_mirrors_say_it(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.fails("/api/models", 404)
    await not_found(environment, model, "unknown")


async def test_an_unknown_revision(environment: Environment, model: Repository) -> None:
    with pytest.raises(HubError) as caught:
        await look_up(model.id, environment, "v9")
    assert caught.value.fault == "no_revision"


async def test_a_gated_model_says_where_to_accept_the_licence(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    model.gated = True
    error = await failing(environment, model, "gated")
    assert f"{hub.base_url}/{model.id}" in error.next_step
    assert "hf auth login" in error.next_step


async def test_a_token_is_never_shown(
    machine: Machine, model: Repository, hub: Hub
) -> None:
    secret = "hf_" + "s3cret" * 6
    hub.fails("/api/", 401, 1, X_Error_Message=f"bad token {secret}")
    error = await not_found(machine(HF_TOKEN=secret), model, "login")
    assert secret not in str(error)
    hub.fails("/api/", 403, 1)
    await not_found(machine(HF_TOKEN=secret), model, "forbidden")
    model.gated = True
    await failing(machine(HF_TOKEN=secret), model, "gated")


async def test_offline_is_obeyed(machine: Machine, model: Repository, hub: Hub) -> None:
    error = await not_found(machine(HF_HUB_OFFLINE="1"), model, "offline")
    assert "mux setup --starter" in error.next_step
    assert hub.asked == []


async def test_where_no_hub_answers_the_starter_is_named(
    machine: Machine, model: Repository
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        error = await not_found(machine(HF_ENDPOINT=address), model, "unreachable")
    assert address in error.why
    assert "mux setup --starter" in error.next_step


@pytest.mark.parametrize("address", ["ftp://hub.invalid", "nonsense", "http://"])
async def test_an_address_that_is_none(
    machine: Machine, model: Repository, address: str
) -> None:
    await not_found(machine(HF_ENDPOINT=address), model, "not_a_hub")


async def test_a_page_that_is_no_hub(
    machine: Machine, model: Repository, hub: Hub
) -> None:
    hub.fails("/api/", 200)
    await not_found(machine(), model, "not_a_hub")


async def test_a_hub_in_trouble_is_asked_again(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.fails("/api/", 503, times=1)
    hub.fails("/store/", 503, times=1)
    plan = await look_up(model.id, environment)
    await pull(plan, environment, lambda _: None)


async def test_a_hub_that_stays_in_trouble(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.fails("/api/", 503)
    error = await not_found(environment, model, "busy")
    assert "503" in error.why


async def test_a_silent_hub(machine: Machine, model: Repository, hub: Hub) -> None:
    hub.holds(WEIGHTS, at=5000)
    error = await failing(machine(HF_HUB_DOWNLOAD_TIMEOUT="1"), model, "stalled")
    assert "goes on where it stopped" in error.next_step


async def test_a_connection_that_breaks_again_and_again(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.cuts(WEIGHTS, at=5000, times=99)
    await failing(environment, model, "cut")


@pytest.mark.parametrize("extra", [-1, 0, 1])
async def test_another_content_than_promised_is_never_installed(
    environment: Environment, model: Repository, hub: Hub, extra: int
) -> None:
    """Shorter, as long, or longer."""
    content = b"\0" * (model.size(WEIGHTS) + extra)
    hub.instead[WEIGHTS] = content
    error = await failing(environment, model, "wrong_content")
    assert "Nothing was installed" in error.next_step
    hub.instead.clear()
    directory = await pulled(environment, model)
    assert (directory / WEIGHTS).read_bytes() == model.read(WEIGHTS)


async def test_a_small_file_is_checked_too(
    environment: Environment, model: Repository, hub: Hub
) -> None:
    hub.instead["config.json"] = b"!" * model.size("config.json")
    error = await failing(environment, model, "wrong_content")
    assert "config.json" in error.why


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"config.json": b"{}", "pytorch_model.bin": b""}, "pickled"),
        ({"config.json": b"{}", "m.Q4_K_M.gguf": b""}, "GGUF"),
        ({"config.json": b"{}", "adapters.safetensors": b""}, "adapters"),
        ({"model.safetensors": b""}, "no config.json"),
        ({"README.md": b""}, "no other weights"),
    ],
)
async def test_a_repository_that_is_no_model(
    environment: Environment, model: Repository, files: dict[str, bytes], says: str
) -> None:
    model.files = dict(files)
    error = await not_found(environment, model, "not_a_model")
    assert says in error.why


async def test_a_directory_that_may_not_be_written(
    environment: Environment, model: Repository
) -> None:
    """A file stands where the models are to be."""
    environment.paths.cache_dir.mkdir(parents=True)
    environment.paths.models.write_text("")
    with pytest.raises(EnvironmentProblem, match="cannot"):
        await pulled(environment, model)


@pytest.mark.parametrize(
    "id",
    [
        "",
        "gpt2",
        "a/b/c",
        "../etc",
        "a/..",
        "a/.b",
        "/a",
        "a--b/c",
        "a/b c",
        "a/\x1b[1m",
    ],
)
async def test_names_that_none_can_be(
    environment: Environment, id: str, hub: Hub
) -> None:
    with pytest.raises(UsageError) as caught:
        await look_up(id, environment)
    assert "\x1b" not in str(caught.value)
    assert hub.asked == []


async def test_a_revision_that_none_can_be(environment: Environment, hub: Hub) -> None:
    for revision in ("", "../x", "-x", "a b"):
        with pytest.raises(UsageError):
            await look_up("a/b", environment, revision)
    assert hub.asked == []
