"""Stand-ins for the claude, codex and gemini commands, which do what a test tells them.

`FakeClis` installs copies of this very file as executables. What they do is named by
a mode: in a file beside them, or in the prompt as `[[cli:MODE]]`. Each call is logged.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAMES = ("claude", "codex", "gemini")
ANSWER = "The answer is 42."
HOUR = 3600


class FakeClis:
    """The three executables in one directory, their orders and their log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.say("answer")
        source = Path(__file__).read_text(encoding="utf-8")
        for name in NAMES:
            program = folder / name
            program.write_text(f"#!{sys.executable} -IS\n{source}", encoding="utf-8")
            program.chmod(0o755)

    def say(self, mode: str) -> None:
        """Set what all of them do from now on."""
        (self.folder / "mode").write_text(mode, encoding="utf-8")

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Every call, oldest first: name, argv, stdin, cwd, env, pid, tty."""
        log = self.folder / "log.jsonl"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        # What follows the last end of a line is being written.
        return [json.loads(line) for line in text.split("\n")[:-1]]


def emit(*events: dict[str, Any]) -> None:
    """Write events as JSON lines."""
    for event in events:
        sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def write(data: bytes) -> None:
    """Write bytes to standard output."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def complain(text: str, code: int) -> int:
    """Write to standard error and return an exit status."""
    sys.stderr.write(text + "\n")
    return code


def child(*, session: bool) -> None:
    """Leave a process behind that keeps our standard output open."""
    sleeper = [sys.executable, "-IS", "-c", f"import time; time.sleep({HOUR})"]
    subprocess.Popen(sleeper, start_new_session=session)


def sleep(*, ignore: bool = False) -> None:
    """Do nothing for an hour, deaf to polite signals if asked."""
    if ignore:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        write(b"ignoring\n")
    time.sleep(HOUR)


def flood(stream: Any, count: int, byte: bytes) -> None:
    """Write `count` lines of 64 KiB."""
    for _ in range(count):
        stream.buffer.write(byte * 65535 + b"\n")
    stream.flush()


def ask_terminal() -> int:
    """Ask a question on the controlling terminal and wait for its answer."""
    try:
        with open("/dev/tty", "r+b", buffering=0) as terminal:
            terminal.write(b"Password: ")
            terminal.read(1)
    except OSError as error:
        return complain(f"no tty: {error.strerror}", 1)
    return 0


def claude_events(text: str, **result: Any) -> list[dict[str, Any]]:
    """A whole answer as Claude Code streams it, thinking first."""

    def delta(kind: str, key: str, part: str) -> dict[str, Any]:
        inner = {"type": "content_block_delta", "delta": {"type": kind, key: part}}
        return {"type": "stream_event", "event": inner}

    def start(kind: str) -> dict[str, Any]:
        inner = {"type": "content_block_start", "content_block": {"type": kind}}
        return {"type": "stream_event", "event": inner}

    def block(kind: str, key: str, whole: str) -> dict[str, Any]:
        content = [{"type": kind, key: whole}]
        message = {"model": "fake-claude-1", "content": content}
        return {"type": "assistant", "message": message, "parent_tool_use_id": None}

    middle = len(text) // 2
    init = {"type": "system", "subtype": "init", "session_id": "s-1", "model": "alias"}
    usage = {"input_tokens": 5, "cache_read_input_tokens": 20, "output_tokens": 7}
    usage["cache_creation_input_tokens"] = 10
    end = {"type": "result", "subtype": "success", "is_error": False, "result": text}
    end |= {"stop_reason": "end_turn", "session_id": "s-1", "total_cost_usd": 0.25}
    return [
        init,
        start("thinking"),
        delta("thinking_delta", "thinking", "Let me think."),
        block("thinking", "thinking", "Let me think."),
        start("text"),
        delta("text_delta", "text", text[:middle]),
        delta("text_delta", "text", text[middle:]),
        block("text", "text", text),
        end | {"usage": usage, "permission_denials": []} | result,
    ]


def codex_events(text: str) -> list[dict[str, Any]]:
    """A whole answer as Codex streams it, reasoning first."""

    def item(kind: str, **fields: Any) -> dict[str, Any]:
        return {"type": "item.completed", "item": {"type": kind, **fields}}

    usage = {"input_tokens": 35, "cached_input_tokens": 20, "output_tokens": 7}
    return [
        {"type": "thread.started", "thread_id": "t-1"},
        {"type": "turn.started"},
        item("reasoning", text="Let me think."),
        item("agent_message", text="First I look around."),
        item("command_execution", command="ls", exit_code=0),
        item("agent_message", text=text),
        {"type": "turn.completed", "usage": usage | {"reasoning_output_tokens": 3}},
    ]


def gemini_events(text: str, **result: Any) -> list[dict[str, Any]]:
    """A whole answer as Gemini CLI streams it, a tool first."""

    def said(part: str) -> dict[str, Any]:
        return {"type": "message", "role": "assistant", "content": part, "delta": True}

    middle = len(text) // 2
    stats = {"input_tokens": 35, "output_tokens": 7, "cached": 20}
    return [
        {"type": "init", "session_id": "g-1", "model": "fake-gemini-1"},
        {"type": "message", "role": "user", "content": "a question"},
        said("First I look around."),
        {"type": "tool_use", "tool_name": "glob", "tool_id": "1"},
        {"type": "tool_result", "tool_id": "1", "status": "success"},
        said(text[:middle]),
        said(text[middle:]),
        {"type": "result", "status": "success", "stats": stats} | result,
    ]


def events_of(name: str, text: str = ANSWER) -> list[dict[str, Any]]:
    """A whole answer in the words of one CLI."""
    if name == "claude":
        return claude_events(text)
    return codex_events(text) if name == "codex" else gemini_events(text)


def failure(name: str, message: str, status: int) -> int:
    """The CLI's own way of saying that it failed."""
    if name == "claude":
        told = {"is_error": True, "result": message, "api_error_status": status}
        emit(*claude_events("", **told))
        return 1
    if name == "codex":
        events = codex_events("")[:2]
        emit(*events, {"type": "turn.failed", "error": {"message": message}})
        return 1
    error = {"type": "unknown", "message": f"[API Error: {message}]"}
    emit(*gemini_events("")[:2])
    emit({"type": "result", "status": "error", "error": error, "stats": {}})
    return status % 256 if status > 500 else 0


def wait_for_network(name: str) -> None:
    """Say that there is no network, and wait for ever."""
    message = "Reconnecting... waiting for network (Connection failed)"
    emit(*events_of(name)[:2], {"type": "error", "message": message})
    sleep()


def answer_and(name: str, then: Callable[[], object]) -> int:
    """Answer, then do something else."""
    emit(*events_of(name))
    then()
    return 0


def login(name: str, argv: list[str], mode: str) -> int | None:
    """Answer questions about version and login; None: it was a task."""
    logged_in = mode != "logged-out"
    if argv[:1] == ["--version"]:
        write(f"9.9.9 (fake {name})\n".encode())
        return 0
    if argv[:2] == ["auth", "status"]:
        emit(
            {"loggedIn": logged_in, "authMethod": "claude.ai" if logged_in else "none"}
        )
        return 0 if logged_in else 1
    if argv[:2] == ["login", "status"]:
        words = "Logged in using ChatGPT" if logged_in else "Not logged in"
        return complain(words, 0 if logged_in else 1)

    return None


def modes(name: str, prompt: str) -> dict[str, Callable[[], object]]:
    """Everything a fake can do; a mode returns an exit status, or None for 0."""
    said = events_of(name)
    two_mib = 2 << 20
    return {
        "answer": lambda: emit(*said),
        "echo": lambda: emit(*events_of(name, prompt)),
        "empty": lambda: None,
        "empty-answer": lambda: emit(*events_of(name, " ")),
        "text": lambda: write(b"just words\n"),
        "crash": lambda: complain("fatal: something broke", 1),
        "usage": lambda: complain("error: unknown option '--zz'\nUsage: x", 2),
        "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "hang": lambda: (emit(*said[:1]), sleep()),
        "hang-silent": sleep,
        "ignore-term": lambda: sleep(ignore=True),
        "grandchild": lambda: answer_and(name, lambda: child(session=False)),
        "grandchild-session": lambda: answer_and(name, lambda: child(session=True)),
        "grandchild-hang": lambda: (child(session=False), sleep()),
        "close-stdout": lambda: (os.close(1), os.close(2), sleep()),
        "long-answer": lambda: emit(*events_of(name, "L" * two_mib)),
        "flood": lambda: (flood(sys.stdout, 3200, b"f"), emit(*said)),
        "flood-stderr": lambda: (flood(sys.stderr, 800, b"e"), emit(*said)),
        "binary": lambda: write(bytes(range(256)) * 400),
        "bad-utf8": lambda: (write(b"caf\xc3\xff\xfe\n"), emit(*said)),
        "ansi": lambda: emit(*events_of(name, "A\x1b]0;title\x07\x1b[2J\x9b31m")),
        "crlf": lambda: write("\r\n".join(json.dumps(e) for e in said).encode()),
        "cut": lambda: (emit(*said[:-1]), write(b'{"type": "resu')),
        "noise": lambda: (write(b"npm WARN\n{no\n[1]\n"), emit(*said), write(b"bye")),
        "terminal": ask_terminal,
        "logged-out": lambda: failure(name, "Not logged in · Please run /login", 401),
        "rate-limit": lambda: failure(name, "429 rate_limit_error", 429),
        "too-long": lambda: failure(name, "prompt is too long: 9 > 3", 400),
        "overloaded": lambda: failure(name, "try later", 529),
        "no-network": lambda: wait_for_network(name),
        "auth-text": lambda: complain("Invalid API key. Please run /login", 1),
        "limit-text": lambda: complain("API Error: 429. Retry after 3600 s", 1),
        "no-interpreter": lambda: complain("env: 'node': No such file", 127),
        "answer-hang": lambda: answer_and(name, sleep),
        "answer-fails": lambda: answer_and(name, lambda: sys.exit(1)),
    }


def main() -> int:
    """Log the call, then do as told."""
    here = Path(sys.argv[0]).resolve()
    argv = sys.argv[1:]
    mode = (here.parent / "mode").read_text(encoding="utf-8")
    code = login(here.name, argv, mode)
    prompt = "" if code is not None else sys.stdin.buffer.read().decode()
    call = {"name": here.name, "argv": argv, "stdin": prompt, "cwd": str(Path.cwd())}
    call |= {"env": dict(os.environ), "pid": os.getpid(), "pgid": os.getpgid(0)}
    call |= {"tty": [os.isatty(fd) for fd in range(3)]}
    with (here.parent / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(call) + "\n")
    if code is not None:
        return code

    if found := re.search(r"\[\[cli:([\w-]+)\]\]", prompt):
        mode = found.group(1)
    if mode.startswith("exit-"):
        return complain("it did not work", int(mode.removeprefix("exit-")))
    code = modes(here.name, prompt)[mode]()
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
