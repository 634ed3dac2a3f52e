"""The protocol's requests, answered.

What goes wrong in a tool is its result, one line that the client's model can read;
what goes wrong elsewhere is an error of the protocol. A bug tells its name and nothing
else: its text could hold anything.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError

from mux_tui import __version__
from mux_tui.core.errors import MuxError
from mux_tui.core.redact import redact
from mux_tui.core.text import one_line
from mux_tui.mcp.call import Call
from mux_tui.mcp.prompts import PROMPTS, prompt
from mux_tui.mcp.resources import TEMPLATE, Resources
from mux_tui.mcp.tools import TOOLS, Answer, Toolbox

_LOG = logging.getLogger(__name__)
_INSTRUCTIONS = (
    "mux does coding tasks on this machine's own model and proves them. Use `mux` for "
    "questions and well-bounded changes that need not leave this machine, and "
    "`mux_json` where you know the files or the commands that prove the work. A task "
    "that takes longer than the call goes on: `mux_job` gives its result. Unless the "
    "user allows more, changes come back as a patch and nothing is written."
)
_TEMPLATE = types.ResourceTemplate(
    uri_template=TEMPLATE,
    name="run",
    title="One run in full",
    description="The task, the decision, each attempt, the proof, the patch",
    mime_type="application/json",
)

Context = ServerRequestContext
_Page = types.PaginatedRequestParams | None


def make_server(toolbox: Toolbox, resources: Resources) -> Server:
    """The server; it serves nobody yet."""
    answers = _Answers(toolbox, resources)
    return Server(
        "mux",
        version=__version__,
        title="mux",
        instructions=_INSTRUCTIONS,
        on_list_tools=answers.list_tools,
        on_call_tool=answers.call_tool,
        on_list_resources=answers.list_resources,
        on_list_resource_templates=answers.list_templates,
        on_read_resource=answers.read_resource,
        on_list_prompts=answers.list_prompts,
        on_get_prompt=answers.get_prompt,
    )


@dataclass(frozen=True)
class _Answers:
    """One method for each request of the protocol."""

    toolbox: Toolbox
    resources: Resources

    async def list_tools(
        self, _context: Context, _page: _Page
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[tool.listed for tool in TOOLS])

    async def call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> Answer:
        return await _called(self.toolbox, Call(context, params))

    async def list_resources(
        self, _context: Context, _page: _Page
    ) -> types.ListResourcesResult:
        with _errors(types.INTERNAL_ERROR):
            return types.ListResourcesResult(resources=await self.resources.listed())

    async def list_templates(
        self, _context: Context, _page: _Page
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[_TEMPLATE])

    async def read_resource(
        self, _context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        with _errors(types.INTERNAL_ERROR):
            text = await self.resources.read(params.uri)
        content = types.TextResourceContents(
            uri=params.uri, text=text, mime_type="application/json"
        )
        return types.ReadResourceResult(contents=[content])

    async def list_prompts(
        self, _context: Context, _page: _Page
    ) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[one.listed for one in PROMPTS])

    async def get_prompt(
        self, _context: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        with _errors(types.INVALID_PARAMS):
            return prompt(params.name, params.arguments or {})


async def _called(toolbox: Toolbox, call: Call) -> Answer:
    try:
        return await toolbox.call(call)
    except MuxError as error:
        return _refusal(redact(str(error)))
    except MCPError:
        raise
    except Exception as error:  # A bug of ours must not end the server.
        _LOG.exception("a tool failed by a bug")
        return _refusal(f"mux itself failed ({type(error).__name__})")


def _refusal(said: str) -> types.CallToolResult:
    text = types.TextContent(type="text", text=one_line(said, 1000))
    return types.CallToolResult(content=[text], is_error=True)


@contextmanager
def _errors(code: int) -> Generator[None]:
    """Have errors of ours told as the protocol's."""
    try:
        yield
    except MuxError as error:
        raise MCPError(code, one_line(redact(str(error)), 1000)) from error
    except MCPError:
        raise
    except Exception as error:  # A bug of ours must not tell more than its name.
        _LOG.exception("a request failed by a bug")
        said = f"mux itself failed ({type(error).__name__})"
        raise MCPError(types.INTERNAL_ERROR, said) from error
