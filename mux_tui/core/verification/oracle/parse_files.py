"""Says of each file whether it can be parsed: one line of JSON a file.

Handed as text to an interpreter of the project's, so it imports nothing of ours and
keeps to what old interpreters know. Python, JSON, TOML and YAML are parsed here;
JavaScript and shell by the program given for them, which reads and does not run them.
"""

import importlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from typing import Any, Callable  # noqa: UP035 - for old Pythons

LARGEST = 4000000
MODULE_WORDS = (
    "import statement outside a module",
    "Unexpected token 'export'",
    "'import.meta' outside a module",
    "await is only valid",
)


def python(path: str, text: bytes) -> None:
    """Compile it as this interpreter would, which also finds a stray `return`."""
    compile(text, path, "exec", dont_inherit=True)


def data_json(path: str, text: bytes) -> None:
    """Parse it, except where comments are customary."""
    name = os.path.basename(path)
    folder = os.path.basename(os.path.dirname(path))
    customary = ("tsconfig", "jsconfig", ".eslintrc", ".babelrc", "devcontainer")
    if name.startswith(customary) or folder == ".vscode":
        raise LookupError("its JSON may hold comments")
    json.loads(text)


def data_toml(path: str, text: bytes) -> None:
    """Parse it where this interpreter can."""
    try:
        import tomllib
    except ImportError:
        raise LookupError("this Python has no TOML parser") from None
    tomllib.loads(text.decode("utf-8"))


def data_yaml(path: str, text: bytes) -> None:
    """Parse it where a parser is installed, and make no objects of it."""
    try:
        yaml: Any = importlib.import_module("yaml")
    except ImportError:
        raise LookupError("no YAML parser is installed") from None
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def javascript(path: str, text: bytes) -> None:
    """Have node read it, as a script and then as a module."""
    told = node(os.path.abspath(path))
    if told and any(word in told for word in MODULE_WORDS):
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "module.mjs")
            shutil.copyfile(path, copy)
            told = node(copy)
    if told and path.endswith(".js") and "Unexpected token '<'" in told:
        raise LookupError("it may hold JSX, which node does not read")
    if told:
        raise ValueError(told)


def node(path: str) -> str:
    """What node says against a file; empty: nothing."""
    return asked(["node", "--check", path], "Error: ")


def shell(path: str, text: bytes) -> None:
    """Have bash read it."""
    told = asked(["bash", "-n", "--", path], "")
    if told:
        raise ValueError(told)


def asked(argv: list[str], mark: str) -> str:
    """The first line that matters of what a program says against a file."""
    if shutil.which(argv[0]) is None:
        raise LookupError(f"{argv[0]} is not on PATH")
    with tempfile.TemporaryFile() as told:
        actions = [(os.POSIX_SPAWN_DUP2, told.fileno(), 2)]
        variables = dict(os.environ)  # noqa: TID251 - a script of its own, in a child
        pid = os.posix_spawnp(argv[0], argv, variables, file_actions=actions)
        status = os.waitpid(pid, 0)[1]
        told.seek(0)
        lines = told.read(100000).decode("utf-8", "replace").splitlines()
    if not os.WIFEXITED(status):
        raise LookupError(f"{argv[0]} was ended by a signal")
    if os.WEXITSTATUS(status) == 0:
        return ""
    found = [line for line in lines if mark in line] or lines or ["it says no"]
    return found[0]


PARSERS: dict[str, Callable[[str, bytes], None]] = {
    "python": python,
    "json": data_json,
    "toml": data_toml,
    "yaml": data_yaml,
    "javascript": javascript,
    "shell": shell,
}


def judged(language: str, path: str) -> tuple[str, str]:
    """The outcome for one file, and why."""
    try:
        with open(path, "rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            return "skip", "too large to parse"
        PARSERS[language](path, text)
    except OSError as error:
        return "skip", error.strerror or str(error)
    except LookupError as error:
        return "skip", str(error)
    except (RecursionError, MemoryError):
        return "skip", "nested too deeply to parse"
    except SyntaxError as error:
        return "fail", f"line {error.lineno}: {error.msg}"
    except ValueError as error:
        return "fail", str(error)
    return "pass", ""


def main() -> None:
    """Judge the files of the arguments: language, path, language, path, …"""
    warnings.simplefilter("ignore")
    words = sys.argv[1:]
    for language, path in zip(words[::2], words[1::2]):  # noqa: B905 - for old Pythons
        outcome, why = judged(language, path)
        fact = {"path": path, "outcome": outcome, "why": why}
        sys.stdout.write(json.dumps(fact) + "\n")


if __name__ == "__main__":
    main()
