"""Ready-made orders to the client's model, which its user picks by name."""

from collections.abc import Mapping
from dataclasses import dataclass

import mcp_types as types

from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line


@dataclass(frozen=True)
class Prompt:
    """One of them."""

    name: str
    title: str
    description: str
    text: str
    """With `{name}` for each argument."""

    arguments: Mapping[str, str]
    """What each is, by name; those whose description begins with `Optional` may be
    left out."""

    @property
    def listed(self) -> types.Prompt:
        """As the client sees it."""
        return types.Prompt(
            name=self.name,
            title=self.title,
            description=self.description,
            arguments=[
                types.PromptArgument(
                    name=name, description=told, required=_is_required(told)
                )
                for name, told in self.arguments.items()
            ],
        )


PROMPTS = (
    Prompt(
        "delegate",
        "Hand a task to mux",
        "Has mux do a task on this machine, and checks what came of it",
        "Hand this task to mux with its tool `mux_json` and do not do it yourself:\n\n"
        "{task}\n\n"
        "Files that it is about: {files}\n\n"
        "Pass them as `files`. If the result is still running, wait for it with "
        "`mux_job`. Then look at `verdict`, `confidence` and `patch`: say what was "
        "proved and what was not, and apply the patch only if it does what was asked.",
        {
            "task": "What to do",
            "files": "Optional: the files it is about, with commas between",
        },
    ),
    Prompt(
        "review",
        "Have mux review changes",
        "A second opinion on changes, by the model of this machine",
        "Get the diff of {changes} with git, and have mux review it: call its tool "
        "`mux_json` with kind `advisory` and a task that asks for faults in "
        "correctness, safety and tests, each with file and line, and that holds the "
        "diff. Check each of its findings against the code before you pass it on, and "
        "say which of them hold.",
        {"changes": "Optional: which changes, such as `main...HEAD`"},
    ),
    Prompt(
        "second_opinion",
        "Ask mux the same question",
        "Compares your own answer with that of another model",
        "Answer this question yourself, then ask mux with its tool `mux`, and say "
        "where the two answers differ and which is right:\n\n{question}",
        {"question": "The question"},
    ),
)

_LEFT_OUT = {"files": "none are named", "changes": "what is not committed"}


def prompt(name: str, given: Mapping[str, str]) -> types.GetPromptResult:
    """A prompt with its arguments in it.

    Raises:
        UsageError: There is no such prompt, or an argument is missing or unknown.
    """
    found = next((one for one in PROMPTS if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in PROMPTS)
        raise UsageError(f"no prompt {one_line(name, 80)}", "", f"There are {known}")
    for argument in given:
        if argument not in found.arguments:
            raise UsageError(f"{name} has no argument {one_line(argument, 80)}")

    values = {key: given.get(key, "").strip() for key in found.arguments}
    for key, told in found.arguments.items():
        if not values[key] and _is_required(told):
            raise UsageError(f"{name} needs its argument {key}")

    text = found.text.format(
        **{key: value or _LEFT_OUT[key] for key, value in values.items()}
    )
    content = types.TextContent(type="text", text=text)
    message = types.PromptMessage(role="user", content=content)
    return types.GetPromptResult(description=found.description, messages=[message])


def _is_required(told: str) -> bool:
    return not told.startswith("Optional")
