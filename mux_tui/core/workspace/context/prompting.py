"""How a model is asked for changes of files, so that its answer can be read.

Short, for small models follow few rules; with an example, for they follow examples.
"""

from typing import Literal

AnswerFormAsked = Literal["blocks", "json"]
"""`blocks`: SEARCH/REPLACE blocks and whole new files. `json`: for models that write
JSON well."""

BLOCKS_EXAMPLE = """\
src/greet.py
<<<<<<< SEARCH
    return "Hello " + name
=======
    return f"Hello, {name}!"
>>>>>>> REPLACE

tests/test_greet.py
<<<<<<< SEARCH
=======
from greet import greet


def test_greeting():
    assert greet("Ann") == "Hello, Ann!"
>>>>>>> REPLACE
"""

JSON_EXAMPLE = """\
{"files": [
  {"path": "src/greet.py", "edits": [
    {"search": "return \\"Hello \\" + name", "replace": "return f\\"Hello, {name}!\\""}
  ]},
  {"path": "tests/test_greet.py", "content": "from greet import greet\\n"}
], "summary": "Greet with a comma."}
"""

_BLOCKS = f"""\
You change files of a project. Answer with edit blocks and nothing else.
A block is the file's path alone on a line, then SEARCH, then REPLACE, like this:

{BLOCKS_EXAMPLE}
Rules:
- Copy the SEARCH lines from the file exactly, with their indentation, and only the \
few lines that change.
- For a new file leave SEARCH empty and put the whole file into REPLACE.
- Change only what the task needs. Paths are relative, as in the map.
- Do not answer with commands."""

_JSON = f"""\
You change files of a project. Answer with one JSON object and nothing else, like this:

{JSON_EXAMPLE}
Rules:
- `search` is copied from the file exactly and is found in it only once; `replace` \
takes its place.
- A new file has `content`, its whole text; a file that goes has `"delete": true`.
- Change only what the task needs. Paths are relative, as in the map."""

_AGAIN = """\
Your answer could not be used: {why}.
Give the whole answer again, in the form that was asked for."""


def instructions(form: AnswerFormAsked) -> str:
    """The standing instructions for file work."""
    return _JSON if form == "json" else _BLOCKS


def prompt(task: str, context: str) -> str:
    """What is asked: the material first, the task last, where models heed it most.

    Args:
        task: The user's words.
        context: The text of a `Context`; empty: there is nothing to show.
    """
    return f"{context}\nTask:\n\n{task}" if context else f"Task:\n\n{task}"


def again(why: str) -> str:
    """What is said after an answer that could not be used.

    Args:
        why: A clause about the answer, safe to show; it may quote the answer.
    """
    return _AGAIN.format(why=why.rstrip("."))
