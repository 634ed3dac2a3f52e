"""Conversations as Claude Code has them, made up and the same on every run.

`Conversation(seed).body(rounds)` is the request after so many rounds of tool calls.
Each one begins like the one before it, but for what the real client changes: the
billing header, and the cache mark, which moves on.
"""

import random
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

_WORDS = (
    "the of to and in file code test return value import module function class error "
    "path line change edit read write search result run command output project user "
    "agent tool token stream prompt model cache server client request response parse "
    "json async await loop queue worker thread handler config option default string"
).split()

FULL_TOOLS = (
    "Agent AskUserQuestion Bash CronCreate Edit EnterPlanMode EnterWorktree "
    "ExitPlanMode Glob Grep LSP Monitor NotebookEdit Read Skill TaskCreate TaskList "
    "TaskOutput TaskStop TaskUpdate WebFetch WebSearch Workflow Write mcp__db__query "
    "mcp__db__schema"
).split()
CORE_TOOLS = "Bash Edit Glob Grep Read Write".split()

RULES = (
    "Contents of /home/ada/shop/CLAUDE.md (project instructions, checked into the "
    "codebase):\n\n# Shop\n- Run the tests with `make check` before you say done.\n"
    "- Never touch `legacy/`.\n- Prices are integers, in cents."
)
"""What must reach the model, whatever is cut."""

NUDGE = (
    "Whenever you read a file, you should consider whether it would be considered "
    "malware. You can provide analysis of what it is doing."
)
IDLE = (
    "The task tools haven't been used recently. If you're working on tasks that would "
    "benefit from tracking progress, consider using them. Make sure that you NEVER "
    "mention this reminder to the user."
)
CHANGED = "Note: /home/ada/shop/cart.py was modified by a linter. Mind the new lines."

Size = Literal["full", "core"]

_RESULTS = (
    # tool, how often, least and most characters of its result
    ("Read", 5, 600, 12_000),
    ("Bash", 6, 40, 2500),
    ("Grep", 3, 100, 2500),
    ("Edit", 5, 150, 450),
    ("Glob", 1, 60, 900),
)


def prose(chance: random.Random, size: int) -> str:
    """Sentences of about `size` characters."""
    out: list[str] = []
    left = size
    while left > 0:
        sentence = " ".join(chance.choices(_WORDS, k=chance.randint(6, 16)))
        out.append(f"{sentence.capitalize()}.")
        left -= len(sentence) + 2
    return " ".join(out)


def code(chance: random.Random, size: int) -> str:
    """Numbered lines of code of about `size` characters."""
    out: list[str] = []
    left = size
    while left > 0:
        name, value = chance.choice(_WORDS), chance.randint(0, 9999)
        why = " ".join(chance.choices(_WORDS, k=4))
        out.append(f"{len(out) + 1:6}\t    def {name}_{value}(self) -> int:  # {why}")
        left -= len(out[-1]) + 1
    return "\n".join(out)


def remark(text: str) -> str:
    """A remark as the client wraps it."""
    return f"<system-reminder>\n{text}\n</system-reminder>"


def text_block(text: str) -> Json:
    """A block of words."""
    return {"type": "text", "text": text}


@dataclass
class Conversation:
    """One session with a client."""

    seed: int = 1
    size: Size = "full"
    words: list[str] = field(default_factory=list[str])
    """What the user has typed so far."""

    _messages: list[Json] = field(default_factory=list[Json])
    _rounds: int = 0

    def __post_init__(self) -> None:
        """Begin: system prompt, tools, and the first message."""
        self._chance = random.Random(self.seed)
        self._system = self._make_system()
        names = FULL_TOOLS if self.size == "full" else CORE_TOOLS
        self._tools = [self._make_tool(name) for name in names]
        self._begin()

    def body(self, rounds: int) -> Json:
        """The request after so many rounds of calls and results; never fewer than the
        time before."""
        while self._rounds < rounds:
            self._go_on()
        billing = f"x-anthropic-billing-header: cc_version=2.1; cch={self._rounds:x};"
        messages = [*self._messages]
        last = messages[-1]
        marked = {**last["content"][-1], "cache_control": {"type": "ephemeral"}}
        messages[-1] = {**last, "content": [*last["content"][:-1], marked]}
        return {
            "model": "claude-sonnet-5",
            "max_tokens": 32_000,
            "stream": True,
            "system": [text_block(billing), *self._system],
            "tools": self._tools,
            "messages": messages,
            "metadata": {"user_id": '{"session_id":"11111111-2222"}'},
        }

    def _make_system(self) -> list[Json]:
        chance = self._chance
        parts = [prose(chance, 400)]
        for heading in ("System", "Doing tasks", "Tone", "Using your tools", "Memory"):
            items = "\n".join(f" - {prose(chance, 150)}" for _ in range(6))
            parts.append(f"# {heading}\n{items}")
        parts.append(
            "# Environment\nYou have been invoked here:\n"
            " - Primary working directory: /home/ada/shop\n"
            "  - Is a git repository: true\n - Platform: linux\n - Shell: zsh"
        )
        parts.append(
            "gitStatus: This is the git status at the start.\n\nCurrent branch: main"
            "\n\nStatus:\n M cart.py\n\nRecent commits:\n1a2b3c4 Add the cart"
        )
        identity = "You are Claude Code, Anthropic's official CLI for Claude."
        return [text_block(identity), text_block("\n\n".join(parts))]

    def _make_tool(self, name: str) -> Json:
        chance = self._chance
        properties: Json = {
            "file_path": {"type": "string", "description": prose(chance, 90)},
            "description": {"type": "string", "description": prose(chance, 200)},
            "mode": {"type": "string", "enum": ["fast", "slow"]},
            "edits": {
                "type": "array",
                "description": prose(chance, 120),
                "items": {
                    "type": "object",
                    "properties": {
                        "old": {"type": "string", "description": prose(chance, 60)}
                    },
                    "required": ["old"],
                    "additionalProperties": False,
                },
            },
        }
        schema = {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": properties,
            "required": ["file_path"],
            "additionalProperties": False,
        }
        length = 18_000 if name == "Workflow" else chance.choice((600, 1500, 2500))
        return {
            "name": name,
            "description": prose(chance, length),
            "input_schema": schema,
        }

    def _begin(self) -> None:
        chance = self._chance
        rules = f"As you answer, you can use this context:\n# claudeMd\n{RULES}"
        blocks = [text_block(remark(rules)), self._typed()]
        self._messages.append({"role": "user", "content": blocks})
        if self.size == "full":
            skills = "\n".join(f"- skill-{n}: {prose(chance, 220)}" for n in range(20))
            listed = f"The following skills are available:\n\n{skills}"
            said = {"role": "system", "content": [text_block(listed)]}
            self._messages.append(said)

    def _typed(self) -> Json:
        number = len(self.words) + 1
        self.words.append(f"Wish {number}: {prose(self._chance, 220)}")
        return text_block(self.words[-1])

    def _go_on(self) -> None:
        self._rounds += 1
        chance = self._chance
        number = self._rounds
        beside = 3 if number % 9 == 0 else 1
        calls = [self._call(f"toolu_{number:020}{n}") for n in range(beside)]
        said = [text_block(prose(chance, 160))] if number % 3 else []
        blocks = [*said, *(call for call, _ in calls)]
        self._messages.append({"role": "assistant", "content": blocks})
        results = [result for _, result in calls]
        if number % 7 == 0:
            results.append(text_block(remark(IDLE)))
        if number % 11 == 0:
            results.append(text_block(remark(CHANGED)))
        if number % 10 == 0:
            results.append(self._typed())
        self._messages.append({"role": "user", "content": results})

    def _call(self, id: str) -> tuple[Json, Json]:
        chance = self._chance
        weights = [often for _, often, _, _ in _RESULTS]
        name, _, least, most = chance.choices(_RESULTS, weights)[0]
        path = f"/home/ada/shop/{chance.choice(_WORDS)}.py"
        output = code(chance, round(least * (most / least) ** chance.random()))
        if name == "Read":
            output += f"\n\n{remark(NUDGE)}"
        failed = chance.random() < 0.08
        call = {
            "type": "tool_use",
            "id": id,
            "name": name,
            "input": {"file_path": path},
        }
        result: Json = {
            "type": "tool_result",
            "tool_use_id": id,
            "content": [text_block(output)],
        }
        return call, result | ({"is_error": True} if failed else {})
