"""The local model: its files, its server, its port, and whether it gives a token."""

from collections.abc import Mapping
from pathlib import Path

from mux_tui.core.backends.chat_completions import Endpoint, make_client
from mux_tui.core.backends.chat_probe import list_models, probe_token
from mux_tui.core.config.settings import Settings
from mux_tui.core.doctor.check import SERVER_LOG, STARTER, Check, Fix, own_fix
from mux_tui.core.errors import BackendError, ServerError
from mux_tui.core.hardware.processes import port_owner
from mux_tui.core.local_model.managed import SET_UP
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.model_files import model_bytes
from mux_tui.core.model_server.probe import first_token, loopback_client
from mux_tui.core.text import one_line

_TOKEN_SECONDS = 20.0

_FORGET = own_fix("Forget that model", ("config", "unset", "providers.local.model"))
_START = own_fix("Start the server again", ("server", "start"))
_RESTART = own_fix(
    "Stop the server and start it again", ("server", "stop"), ("server", "start")
)
_ANY_PORT = own_fix(
    "Choose a free port at each start", ("config", "set", "server.port", "0")
)
_OTHER_SERVER = Fix("Choose another server", "mux setup --endpoint URL")


def check_files(settings: Settings, model: Path | None) -> Check:
    """Whether the model's files are there."""
    named = settings.providers.local.model
    if model is not None:
        size = model_bytes(model) / 1e9
        return Check("model", "ok", f"{model.name}, {size:.1f} GB", str(model))
    if named:
        return Check(
            "model",
            "problem",
            f"no model files at {one_line(named)}",
            "providers.local.model names a directory without a config.json",
            "mux config unset providers.local.model, or name another directory",
            (_FORGET, STARTER),
        )

    none = "no local model is installed"
    return Check("model", "warning", none, "", SET_UP, (STARTER, _OTHER_SERVER))


async def check_server(status: ServerStatus, model: Path | None) -> Check:
    """The server that mux starts; one that is ready is asked for a token."""
    detail = "\n".join(status.log_lines)
    match status.state:
        case "ready":
            return await _token_of(status)
        case "crashed" | "unresponsive":
            fix = status.advice or "mux server start; see: mux server logs"
            ways = (_START, SERVER_LOG)
            return Check("model_server", "warning", status.sentence, detail, fix, ways)
        case "starting":
            return Check("model_server", "ok", status.sentence)
        case "stopped" | "stale":
            when = "it starts with the first task" if model else "there is no model yet"
            return Check("model_server", "ok", f"not running; {when}", status.sentence)


async def _token_of(status: ServerStatus) -> Check:
    try:
        async with loopback_client() as client:
            token = await first_token(
                client,
                status.base_url,
                timeout=_TOKEN_SECONDS,
                instance=status.instance,
            )
    except ServerError as error:
        return Check(
            "model_server",
            "problem",
            f"it runs (pid {status.pid}) but gives no token",
            str(error),
            "mux server stop && mux server start; see: mux server logs",
            (_RESTART, SERVER_LOG),
        )

    told = f"ready at {status.base_url}, a token in {token.seconds:.1f} s"
    return Check("model_server", "ok", told, f"pid {status.pid}, {status.model}")


def check_port(settings: Settings, status: ServerStatus) -> Check:
    """Whether the port that the settings name is free, or ours."""
    port = settings.server.port
    if not port:
        return Check("port", "ok", "a free port is chosen at each start")

    owner = port_owner(port)
    if owner is None or owner.pid == status.pid:
        return Check("port", "ok", f"port {port} is free or ours")

    who = f"{one_line(owner.name)} (pid {owner.pid})"
    return Check(
        "port",
        "problem",
        f"port {port} is taken by {who}",
        fix="mux config set server.port 0, or end that program",
        fixes=(_ANY_PORT, Fix(f"End {who}")),
    )


async def check_endpoint(settings: Settings, variables: Mapping[str, str]) -> Check:
    """A server that mux did not start: does it list models and give a token?"""
    local = settings.providers.local
    key = variables.get(local.api_key_env, "") if local.api_key_env else ""
    endpoint = Endpoint(local.base_url, local.model, key)
    fix = "Start that server, or choose another: mux setup --endpoint URL"
    ways = (Fix(f"Start the server at {endpoint.shown}"), _OTHER_SERVER)
    async with make_client(local.base_url) as client:
        try:
            models = await list_models(client, local.base_url, key)
        except BackendError as error:
            return Check("model_server", "problem", str(error), "", fix, ways)

        model = local.model or (models[0].id if models else "")
        asked = Endpoint(local.base_url, model, key)
        try:
            token = await probe_token(client, asked, _TOKEN_SECONDS)
        except BackendError as error:
            what = f"{endpoint.shown} lists models but gives no token"
            return Check("model_server", "problem", what, str(error), fix, ways)

    told = (
        f"{endpoint.shown} serves {one_line(model)}, a token in {token.seconds:.1f} s"
    )
    return Check("model_server", "ok", told)
