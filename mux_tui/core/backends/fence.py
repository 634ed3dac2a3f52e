"""Files of rules that hold a CLI's edits inside of one directory.

A CLI that may edit keeps to its work directory by itself, unless its user has allowed
it more for sessions of their own. Nobody sits at ours: what is denied here stays
denied, whatever is allowed elsewhere.
"""

import json
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from mux_tui.core.backends import edit_guard
from mux_tui.core.backends.edit_guard import FORBIDDEN

_GUARD = Path(edit_guard.__file__)

_GEMINI_TOOLS = """\
[[rule]]
toolName = [
  "run_shell_command", "web_fetch", "save_memory", "activate_skill",
  "discovered_tool_*",
]
decision = "deny"
priority = 999

[[rule]]
toolName = "*"
mcpName = "*"
decision = "deny"
priority = 999
"""
_GEMINI_READS = """
[[rule]]
toolName = ["write_file", "replace"]
decision = "deny"
priority = 999
"""
_GEMINI_PATH = """
[[rule]]
toolName = ["write_file", "replace"]
argsPattern = {pattern}
decision = "deny"
priority = 999
denyMessage = "Only files inside of the working directory may be changed."
"""


@dataclass(frozen=True)
class Fence:
    """A file of rules, and how a CLI is told of it."""

    option: str
    """The option that the file's path follows."""

    name: str
    """The file's name, whose ending tells the CLI what is in it."""

    text: str


def claude_fence(root: Path) -> Fence:
    """Have Claude Code ask our guard before every edit, which knows one directory.

    Args:
        root: The directory: absolute, without links in it.
    """
    guard = [sys.executable, "-IS", str(_GUARD), str(root)]
    # Any other failure of a hook than this status would let the edit pass.
    hook = {"type": "command", "command": f"{shlex.join(guard)} || exit {FORBIDDEN}"}
    asked = {"matcher": "Edit|MultiEdit|Write|NotebookEdit", "hooks": [hook]}
    settings = {"disableAllHooks": False, "hooks": {"PreToolUse": [asked]}}
    return Fence("--settings", "fence.json", json.dumps(settings))


def gemini_fence(root: Path | None) -> Fence:
    """Deny Gemini CLI every edit outside of a directory, all commands, and the network.

    A path counts as outside when it is absolute and does not begin with the directory,
    or when it goes up anywhere: nobody needs such a path to get further in.

    Args:
        root: The directory: absolute, without links in it; None: nothing is edited.
    """
    if root is None:
        return Fence("--admin-policy", "fence.toml", _GEMINI_TOOLS + _GEMINI_READS)

    # The arguments are matched as JSON in which \0 stands around each of them.
    inside = re.escape(json.dumps(str(root), ensure_ascii=False)[1:-1])
    outside = (rf'"file_path":"(?!{inside}/)/', r'"file_path":"[^\x00]*\.\.[/"]')
    rules = [_GEMINI_PATH.format(pattern=json.dumps(pattern)) for pattern in outside]
    return Fence("--admin-policy", "fence.toml", "".join([_GEMINI_TOOLS, *rules]))
