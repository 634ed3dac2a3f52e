"""What the pages name is there: commands, files, settings, schemas, exit codes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import mux_tui
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.parser import EXIT_CODES, NAMES, build_parser, prepared
from mux_tui.cli.spec.commands import commands, common_options
from mux_tui.cli.spec.documents import documents
from mux_tui.core.config.keys import keys, sections
from mux_tui.core.config.variables import variable_of
from mux_tui.core.errors import UsageError
from tests.contract.pages import GENERATED, ROOT, Page, calls, pages

PAGES = pages()
WRITTEN = [page for page in PAGES if page.name not in GENERATED]
NOW = [page for page in PAGES if page.name != "CHANGELOG.md"]
"""Those that speak of how things are, and not of how they came to be."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
each_page_now = pytest.mark.parametrize("page", NOW, ids=lambda page: page.name)

OPTIONS = {
    *(name for one in commands() for a in one.arguments for name in a.names),
    *(name for option in common_options() for name in option.names),
    *("--line", "--version"),
}
NAMED = {command.words for command in commands()}
GROUPS = {words[:1] for words in NAMED}
QUOTED = "--help what does this flag do in git log?"
"""A task that begins like an option."""


def refused(words: list[str]) -> str:
    """Why `mux` does not take these words; empty: it does."""
    try:
        arguments = build_parser(words).parse_args(prepared(words))
    except UsageError as error:
        return str(error)
    except SystemExit as exit_:
        # After --help and --version.
        return "" if not exit_.code else str(exit_.code)

    # The parser takes shortened ones, and Claude Code has its own.
    short = [word for word in words if word.startswith("--") and len(word) > 2]
    if words[:1] != ["claude"] and (strange := {*short} - OPTIONS - {QUOTED}):
        return f"no option {strange.pop()}"

    settings = [pair.partition("=")[0] for pair in arguments.set]
    if words[:1] == ["config"] and (key := getattr(arguments, "key", "")):
        settings.append(key)
    unknown = [name for name in settings if name not in keys() and name != "KEY"]
    return f"no setting {unknown[0]}" if unknown else ""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("mux run x   # a comment", [["run", "x"]]),
        ("A=1 MUX_B=2 mux status", [["status"]]),
        ('git diff | mux run - > "a file" && mux status', [["run", "-"], ["status"]]),
        ('eval "$(mux proxy env)"', [["proxy", "env"]]),
        ("mux ledger list          the newest runs", [["ledger", "list"]]),
        ("mux ledger label R bad   that it's wrong", [["ledger", "label", "R", "bad"]]),
        ("mux ledger search 'a <b'", [["ledger", "search", "a <b"]]),
        ("pip install mux", []),
        ("mux: not a command", []),
    ],
)
def test_commands_are_found_in_lines_of_shell(
    line: str, found: list[list[str]]
) -> None:
    assert list(calls(line)) == found


def test_a_line_may_go_on_in_the_next_one() -> None:
    text = "```sh\n$ mux run \\\n    --json x\nmux printed\n```\n"
    assert Page(ROOT / "x.md", text).commands() == [["run", "--json", "x"]]


@each_page
def test_what_stands_in_blocks_of_code_can_be_typed(page: Page) -> None:
    assert [(c, why) for c in page.commands() if (why := refused(c))] == []


def test_the_pages_hold_many_commands() -> None:
    """Otherwise the test above would say nothing."""
    found = {page.name: len(page.commands()) for page in PAGES}
    assert found["README.md"] > 10
    assert found["docs/guide.md"] > 20
    assert found["docs/cli.md"] > 80
    assert refused(["run", "--rout", "claude", "x"])
    assert refused(["config", "set", "router.min_confidense", "1"])
    assert not refused(["config", "set", "router.min_confidence", "1"])


def spoken(page: Page) -> Iterator[list[str]]:
    """The words of each `mux …` in backticks; of alternatives the first."""
    for span in page.spans:
        if span.startswith("mux ") and "…" not in span and "..." not in span:
            first = re.sub(r"(?<=\w)(\\?\|[\w-]+)+", "", span)
            for stage in re.split(r" (?:&&|\\?\||>) ", first):
                if stage.startswith("mux "):
                    yield shlex.split(stage)[1:]


def stands_for_itself(words: list[str]) -> bool:
    """Whether words only name a command, or a command with an option of it."""
    return tuple(words) in NAMED | GROUPS or named_with_option(words)


def named_with_option(words: list[str]) -> bool:
    """Such as `mux setup --endpoint URL` and `mux ledger prune --older-than`."""
    for command in commands():
        if tuple(words[: len(command.words)]) == command.words:
            rest = words[len(command.words) :]
            known = {n for a in command.arguments for n in a.names}
            if rest and rest[0] in known and len(rest) <= 2:
                return True
    return False


@each_page
def test_what_the_prose_names_is_a_command(page: Page) -> None:
    wrong = [
        (words, why)
        for words in spoken(page)
        if not stands_for_itself(words) and (why := refused(words))
    ]
    assert wrong == []


def test_every_command_is_told() -> None:
    """Each in the reference with all its options, each first word elsewhere too."""
    reference = next(page for page in PAGES if page.name == "docs/cli.md")
    for command in commands():
        assert f"`mux {command.name}`" in reference.headings
        for argument in (*command.arguments, *common_options()):
            assert all(name in reference.text for name in argument.names)
    told = "".join(page.text for page in WRITTEN if page.name != "CHANGELOG.md")
    assert [name for name in NAMES if not re.search(rf"\bmux {name}\b", told)] == []


FOREIGN = {
    # Claude Code's, and the model server's.
    *("--bare", "--tools", "--disable-slash-commands", "--resume"),
    "--prompt-cache-bytes",
    # A word in an example.
    "--security",
}
"""Options of other programs."""


@each_page
def test_every_option_in_backticks_is_one(page: Page) -> None:
    named = {word for span in page.spans for word in re.findall(r"^--[a-z-]+", span)}
    assert named - OPTIONS - FOREIGN == set()


@each_page
def test_every_link_and_picture_leads_somewhere(page: Page) -> None:
    anchors = {one.path: one.anchors for one in PAGES}
    for link in page.links:
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.exists(), link
        if anchor:
            assert anchor in anchors[path], link


def test_every_page_and_every_picture_is_shown_somewhere() -> None:
    shown: set[Path] = set()
    for page in WRITTEN:
        for link in page.links:
            shown.add((page.path.parent / link.partition("#")[0]).resolve())
    there = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "pictures").glob("*")}
    assert there - shown == set()


def test_the_index_names_every_page_with_one_line() -> None:
    index = next(page for page in PAGES if page.name == "docs/README.md")
    named = re.findall(r"^\| \[[^]]+\]\(([^)]+)\) \| .+ \|$", index.text, re.MULTILINE)
    wanted = {file.name for file in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert wanted <= set(named)
    assert len(named) == len(set(named))


ATTRIBUTES = {"server.address"}
"""OpenTelemetry's names that look like settings."""

FILES = ("json", "toml", "md", "py", "db", "log", "jsonl", "tcss", "svg", "copy", "txt")


@each_page
def test_every_setting_in_backticks_is_one(page: Page) -> None:
    if page.name in ("docs/architecture.md", "docs/json.md"):
        # They name modules and fields.
        return

    first = {name.partition(".")[0] for name in keys()}
    for span in page.spans:
        for name in re.findall(r"^[a-z_]+(?:\.[a-z_*]+)+(?=$|[ =])", span):
            head, _, last = name.partition(".")
            if name in ATTRIBUTES:
                continue
            if head in first and last.rpartition(".")[2] not in FILES:
                wanted = name.removesuffix(".*")
                assert wanted in keys() or wanted in sections(), name


@each_page
def test_every_variable_of_a_setting_is_one(page: Page) -> None:
    known = {variable_of(name) for name in keys()} | {"MUX_HOME", "MUX_SECTION_KEY"}
    assert set(re.findall(r"\bMUX_[A-Z_]*[A-Z]\b", page.text)) - known == set()


SCHEMA = r"\bmux\.[a-z_.]+/\d+"


@each_page_now
def test_every_schema_that_is_named_is_one(page: Page) -> None:
    ids = {document.id for document in documents()}
    assert set(re.findall(SCHEMA, page.text)) - ids == set()


def test_every_schema_is_named() -> None:
    told = "".join(page.text for page in NOW)
    named = set(re.findall(SCHEMA, told))
    assert {document.id for document in documents()} - named == set()


def test_every_schema_in_the_code_is_registered() -> None:
    root = Path(mux_tui.__file__).parent
    texts = [file.read_text(encoding="utf-8") for file in root.rglob("*.py")]
    found = {id for text in texts for id in re.findall(rf'"({SCHEMA})"', text)}
    assert len(found) > 30
    own = {"mux.setup.draft/1"}  # Of a file that mux alone reads.
    assert found - {document.id for document in documents()} == own


def meanings(text: str) -> dict[int, str]:
    """`0 done, 1 failed, …` by number."""
    said = re.search(r"xit codes: ((?:\d+ [^,.]+(?:, |$|\.))+)", " ".join(text.split()))
    found = re.findall(r"(\d+) ([^,.]+)", said[1] if said else "")
    return {int(code): meaning for code, meaning in found}


def test_the_readme_says_of_exit_codes_what_the_help_says() -> None:
    readme = next(page for page in PAGES if page.name == "README.md")
    assert len(meanings(EXIT_CODES)) == 8
    assert meanings(readme.text) == meanings(EXIT_CODES)


@each_page_now
def test_every_exit_code_that_is_named_is_one(page: Page) -> None:
    codes = {str(int(code)) for code in ExitCode}
    text = " ".join(page.text.split())
    named = re.findall(r"\bexit(?:s|ed)?(?: code(?: is)?| with| status)? `?(\d+)", text)
    for table in re.findall(r"^\| *exit code.*\n(?:\|.*\n)+", page.text, re.MULTILINE):
        named += re.findall(r"^\| *`?(\d+)", table, re.MULTILINE)
    assert set(named) - codes == set()


@each_page
def test_every_make_target_in_backticks_exists(page: Page) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for span in page.spans:
        if found := re.match(r"make ([a-z-]+)", span):
            assert re.search(rf"^{found[1]}:", makefile, re.MULTILINE), span
