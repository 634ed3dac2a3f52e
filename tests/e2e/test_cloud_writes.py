"""The real CLIs at work on files: in their work directory, and nowhere else.

The scripted cloud asks for edits and commands as a model would, hostile ones too. What
is outside has to be as it was, whatever the CLI's user has allowed it elsewhere.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mux_tui.core.task import Route
from tests.cloud import Answer, Cloud, ToolCall, cloud
from tests.e2e.cloud_fixtures import ROUTES, Desk, MakeDesk, Ran

pytestmark = pytest.mark.e2e
every_cli = pytest.mark.parametrize("route", ROUTES)

SENTINEL = "nobody may change this\n"
CODEX_MODEL = "gpt-6.1-sol"
"""A model to which codex offers its tool for patches."""


@dataclass(frozen=True)
class Yard:
    """A desk whose project has a file in it and something to lose around it."""

    desk: Desk
    outside: Path
    """A directory far from the project."""

    @property
    def project(self) -> Path:
        """Where the CLI works."""
        return self.desk.project

    @property
    def losses(self) -> dict[str, str]:
        """What is outside of the project, but for the CLI's own directory."""
        home = self.desk.home
        own = home / f".{self.desk.route}"
        roots = (self.outside, *self.project.parent.iterdir())
        files = [f for root in roots for f in (root, *root.rglob("*")) if f.is_file()]
        return {
            str(file): file.read_text("utf-8", "replace")
            for file in files
            if not file.is_relative_to(self.project) and not file.is_relative_to(own)
            if file not in (home / ".claude.json",)
        }


MakeYard = Callable[[Route, Cloud], Yard]


@pytest.fixture
def make_yard(make_desk: MakeDesk, tmp_path: Path) -> MakeYard:
    """Makes yards."""

    def make(route: Route, vendor: Cloud) -> Yard:
        desk = make_desk(route, vendor.base_url)
        (desk.project / "a.py").write_text("x = 1\n")
        (desk.project.parent / "beside.txt").write_text(SENTINEL)
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "sentinel.txt").write_text(SENTINEL)
        return Yard(desk, outside)

    return make


async def test_claude_code_edits_and_creates_files(make_yard: MakeYard) -> None:
    async with cloud() as vendor:
        yard = make_yard("claude", vendor)
        path = str(yard.project / "a.py")
        edit = {"file_path": path, "old_string": "x = 1", "new_string": "x = 2"}
        new = {"file_path": str(yard.project / "sub" / "b.py"), "content": "y = 1\n"}
        ran = await act(
            yard,
            vendor,
            ToolCall("Read", {"file_path": path}),
            ToolCall("Edit", edit),
            ToolCall("Write", new),
        )

    assert ran.answer.text == "All done."
    assert files_of(yard) == {"a.py": "x = 2\n", "sub/b.py": "y = 1\n"}


async def test_gemini_cli_edits_and_creates_files(make_yard: MakeYard) -> None:
    async with cloud() as vendor:
        yard = make_yard("gemini", vendor)
        edit = {"old_string": "x = 1", "new_string": "x = 2", "instruction": "Count."}
        path = str(yard.project / "a.py")
        ran = await act(
            yard,
            vendor,
            ToolCall("replace", edit | {"file_path": path}),
            ToolCall("write_file", {"file_path": "sub/b.py", "content": "y = 1\n"}),
        )

    assert ran.answer.text == "All done."
    assert files_of(yard) == {"a.py": "x = 2\n", "sub/b.py": "y = 1\n"}


async def test_codex_edits_and_creates_files(make_yard: MakeYard) -> None:
    """By its tool for patches, and by commands in its sandbox."""
    async with cloud() as vendor:
        yard = make_yard("codex", vendor)
        patch = _patch("*** Update File: a.py\n@@\n-x = 1\n+x = 2")
        ran = await act(
            yard,
            vendor,
            ToolCall("apply_patch", text=patch),
            _command("mkdir sub; echo y = 1 > sub/b.py; mktemp -d; echo z > $TMPDIR/z"),
        )

    assert ran.answer.text == "All done."
    assert files_of(yard) == {"a.py": "x = 2\n", "sub/b.py": "y = 1\n"}


@every_cli
async def test_where_it_may_only_read_nothing_is_written(
    route: Route, make_yard: MakeYard
) -> None:
    async with cloud() as vendor:
        yard = make_yard(route, vendor)
        before = yard.losses
        calls = [*_edits(route, yard.project / "b.py"), *_commands(route, yard)]
        await act(yard, vendor, *calls, writes=False)

    assert files_of(yard) == {"a.py": "x = 1\n"}
    assert yard.losses == before


@every_cli
async def test_no_edit_leaves_the_work_directory(
    route: Route, make_yard: MakeYard
) -> None:
    """Neither by its name, nor by going up, nor by way of the home directory."""
    async with cloud() as vendor:
        yard = make_yard(route, vendor)
        before = yard.losses
        await act(yard, vendor, *_ways_out(route, yard))

    assert yard.losses == before
    assert set(files_of(yard)) <= {"a.py"}


@every_cli
async def test_no_command_reaches_outside(route: Route, make_yard: MakeYard) -> None:
    async with cloud() as vendor:
        yard = make_yard(route, vendor)
        before = yard.losses
        await act(yard, vendor, *_commands(route, yard))

    assert yard.losses == before
    assert set(files_of(yard)) <= {"a.py"}


@every_cli
async def test_what_its_user_allows_elsewhere_is_not_allowed_here(
    route: Route, make_yard: MakeYard
) -> None:
    """People let their CLI do much when they watch it; here nobody does."""
    async with cloud() as vendor:
        yard = make_yard(route, vendor)
        _allow_everything(yard)
        before = yard.losses
        kept = _edits(route, yard.project / "b.py")[-1]
        calls = [*_ways_out(route, yard), *_commands(route, yard), kept]
        await act(yard, vendor, *calls)

    assert yard.losses == before
    assert set(files_of(yard)) == {"a.py", "b.py"}


@every_cli
async def test_a_reader_changes_nothing_whatever_its_user_allows(
    route: Route, make_yard: MakeYard
) -> None:
    """It works in the user's own tree."""
    async with cloud() as vendor:
        yard = make_yard(route, vendor)
        _allow_everything(yard)
        before = yard.losses
        calls = [*_edits(route, yard.project / "b.py"), *_commands(route, yard)]
        await act(yard, vendor, *calls, writes=False)

    assert files_of(yard) == {"a.py": "x = 1\n"}
    assert yard.losses == before


async def act(yard: Yard, vendor: Cloud, *calls: ToolCall, writes: bool = True) -> Ran:
    """Have the model make these calls, one after the other, and then say goodbye."""
    numbered = [replace(call, id=f"call_{n:04}") for n, call in enumerate(calls)]
    steps = [Answer(f"Step {call.id}.", tool=call) for call in numbered]
    vendor.script = (*steps, Answer("All done."))
    desk = yard.desk
    if desk.route == "codex":
        desk = desk.with_provider(model=CODEX_MODEL)
    ran = await desk.ask("Change the files.", writes=writes)

    assert ran.answer.text == "All done."
    assert len(vendor.asked) == len(calls) + 1
    return ran


def files_of(yard: Yard) -> dict[str, str]:
    """The files of the project, by relative path."""
    project = yard.project
    files = [file for file in project.rglob("*") if file.is_file()]
    return {str(file.relative_to(project)): file.read_text() for file in files}


def _ways_out(route: Route, yard: Yard) -> Sequence[ToolCall]:
    up = yard.project / ".." / "beside.txt"
    into_home = yard.desk.home / "notes.txt"
    over = yard.project / ".." / ".." / "outside" / "new.txt"
    places = (yard.outside / "sentinel.txt", up, into_home, Path("../up.txt"), over)
    return [call for place in places for call in _edits(route, place)]


def _edits(route: Route, place: Path) -> list[ToolCall]:
    """Calls that would change a file, or make it; the last one makes it whole."""
    path = {"file_path": str(place)}
    change = {"old_string": SENTINEL, "new_string": "changed\n"}
    whole = path | {"content": "changed\n"}
    match route:
        case "claude":
            reading = ToolCall("Read", path)
            return [reading, ToolCall("Edit", path | change), ToolCall("Write", whole)]
        case "codex":
            update = f"*** Update File: {place}\n@@\n-{SENTINEL.strip()}\n+changed"
            return [
                ToolCall("apply_patch", text=_patch(update)),
                ToolCall(
                    "apply_patch", text=_patch(f"*** Add File: {place}\n+changed")
                ),
            ]
        case _:
            told = path | change | {"instruction": "Change it."}
            return [ToolCall("replace", told), ToolCall("write_file", whole)]


def _commands(route: Route, yard: Yard) -> list[ToolCall]:
    sentinel = yard.outside / "sentinel.txt"
    made = yard.outside / "made.txt"
    lines = (
        f"touch {made}",
        f"echo changed > {sentinel}",
        "echo changed > ../beside.txt",
        f"ln -s {yard.outside} link; echo changed > link/sentinel.txt; unlink link",
    )
    match route:
        case "claude":
            return [ToolCall("Bash", {"command": line}) for line in lines]
        case "codex":
            asking = {"sandbox_permissions": "require_escalated", "justification": "x"}
            escalated = ToolCall("exec_command", {"cmd": lines[0], **asking})
            return [*map(_command, lines), escalated]
        case _:
            return [ToolCall("run_shell_command", {"command": line}) for line in lines]


def _command(line: str) -> ToolCall:
    return ToolCall("exec_command", {"cmd": line})


def _patch(body: str) -> str:
    return f"*** Begin Patch\n{body}\n*** End Patch\n"


def _allow_everything(yard: Yard) -> None:
    """Settings of the user's own with which each CLI would do what it is asked."""
    home, outside = yard.desk.home, yard.outside
    match yard.desk.route:
        case "claude":
            allowed = {
                "allow": ["Write", "Edit", "Read", "Bash"],
                "additionalDirectories": [str(outside)],
                "defaultMode": "bypassPermissions",
            }
            settings = {"permissions": allowed, "disableAllHooks": True}
            _write(home / ".claude" / "settings.json", json.dumps(settings))
        case "codex":
            lines = (
                'sandbox_mode = "danger-full-access"',
                'approval_policy = "on-request"',
                "[sandbox_workspace_write]",
                f"writable_roots = [{json.dumps(str(outside))}]",
                "network_access = true",
                f"[projects.{json.dumps(str(yard.project))}]",
                'trust_level = "trusted"',
            )
            _write(home / ".codex" / "config.toml", "\n".join(lines))
            rule = 'prefix_rule(pattern=["touch"], decision="allow")\n'
            _write(home / ".codex" / "rules" / "default.rules", rule)
        case _:
            file = home / ".gemini" / "settings.json"
            settings = json.loads(file.read_text()) | {
                "tools": {"allowed": ["run_shell_command"], "autoAccept": True},
                "context": {"includeDirectories": [str(outside)]},
            }
            _write(file, json.dumps(settings))
            rule = '[[rule]]\ntoolName = "*"\ndecision = "allow"\npriority = 999\n'
            _write(home / ".gemini" / "policies" / "mine.toml", rule)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
