"""The options of `mux setup`, and the choices that they stand for."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mux_tui.cli.shell import add_json
from mux_tui.core.errors import UsageError
from mux_tui.core.task import CLOUD_ROUTES, Route

if TYPE_CHECKING:
    from mux_tui.core.paths import Paths
    from mux_tui.core.setup.choices import ModelChoice

_TIERS = 3


def add_flags(parser: ArgumentParser) -> None:
    """Give the command its options."""
    _add_models(parser)
    _add_connections(parser)
    parser.add_argument(
        "--no-serve", action="store_true", help="do not start the server and try it"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be written, and end"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_json(parser)


def names_a_model(arguments: Namespace) -> bool:
    """Whether an option says which local model there is to be."""
    named = (arguments.starter, arguments.endpoint, arguments.model)
    return any(named) or arguments.cloud_only


def model_of(arguments: Namespace, base: Path, paths: "Paths") -> "ModelChoice | None":
    """The model that the options name; None: they name none.

    Raises:
        UsageError: What they name can be none, or they do not fit together.
    """
    from mux_tui.core.model_server.address import base_url_of
    from mux_tui.core.setup.choices import ModelChoice
    from mux_tui.core.setup.whereabouts import model_named

    model = arguments.model or ""
    if arguments.endpoint:
        url = base_url_of(arguments.endpoint)
        return ModelChoice("server", model, url, arguments.api_key_env)
    if arguments.api_key_env:
        raise UsageError("--api-key-env", "it is for a server", "Add --endpoint URL")
    if model and (arguments.starter or arguments.cloud_only):
        raise UsageError("--model", "another option chooses the model", "Leave one out")
    if arguments.starter:
        return ModelChoice("starter")
    if arguments.cloud_only:
        return ModelChoice("cloud")

    return model_named(model, base, paths) if model else None


def other_choices(arguments: Namespace) -> dict[str, Any]:
    """What the options say besides the model, by the names of the choices."""
    from mux_tui.core.setup.choices import Tiers

    tiers = Tiers(*arguments.tiers) if arguments.tiers else None
    said = {
        "permission": arguments.permission,
        "order": arguments.order,
        "mcp": arguments.mcp,
        "tiers": tiers,
        "context": arguments.context,
        "serve": False if arguments.no_serve else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def routes(text: str) -> tuple[Route, ...]:
    """The CLIs in a text such as `claude,codex`; `none` is none of them.

    Raises:
        ArgumentTypeError: One of them is none, or is named twice.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words == ["none"]:
        return ()

    by_name: dict[str, Route] = {route: route for route in CLOUD_ROUTES}
    found: list[Route] = [by_name[word] for word in words if word in by_name]
    if len(found) != len(words) or len(set(found)) != len(found) or not found:
        raise ArgumentTypeError("name each of claude, codex and gemini once, or none")
    return tuple(found)


def tiers(text: str) -> tuple[str, ...]:
    """Who answers small talk, simple coding and hard questions.

    Raises:
        ArgumentTypeError: They are not three.
    """
    words = tuple(word.strip() for word in text.split(","))
    if len(words) != _TIERS or not all(words):
        raise ArgumentTypeError(
            "name three, LOW,MEDIUM,HIGH: each `local` or a Claude model"
        )

    return words


def _context(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text[:9]) <= 10_000_000:
        raise ArgumentTypeError("it is a number of tokens; 0 is as many as it can")

    return int(text)


def _add_models(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--starter", action="store_true", help="install the embedded starter model"
    )
    what.add_argument(
        "--endpoint",
        metavar="URL",
        help="use a server that speaks Chat Completions: Ollama, llama-server, LM "
        "Studio, vLLM",
    )
    what.add_argument(
        "--cloud-only", action="store_true", help="have no local model at all"
    )
    parser.add_argument(
        "--model",
        metavar="ID",
        help="a hub's OWNER/NAME, or an MLX model's directory; with --endpoint: the "
        "model's id there",
    )
    parser.add_argument(
        "--context",
        metavar="N",
        type=_context,
        help="most tokens of context it is given (0: as many as it can hold)",
    )
    parser.add_argument(
        "--api-key-env",
        metavar="NAME",
        default="",
        help="variable with the server's key",
    )


def _add_connections(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--permission",
        choices=("ask", "allow", "never"),
        help="may tasks go to a cloud CLI?",
    )
    parser.add_argument(
        "--order",
        metavar="CLIS",
        type=routes,
        help="which of them are asked, first to last: claude,codex,gemini",
    )
    parser.add_argument(
        "--mcp",
        metavar="CLIS",
        type=routes,
        help="register mux as a tool in claude,codex,gemini; or none",
    )
    parser.add_argument(
        "--tiers",
        metavar="L,M,H",
        type=tiers,
        help="who answers Claude Code: `local` or a Claude model, for small talk, "
        "simple coding and hard questions",
    )
