"""Running a cloud CLI for an answer: what reaches it, what comes back, what is left."""

import asyncio
import os
import time
from contextlib import aclosing
from pathlib import Path
from typing import get_args

import psutil
import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.cloud_cli import DIALECTS, CloudCli
from mux_tui.core.config.settings import CliProvider, Limits
from mux_tui.core.errors import BackendError
from mux_tui.core.events import BackendEvent, TextDelta
from mux_tui.core.hardware.marked import carrying
from mux_tui.core.process.group import group_alive
from mux_tui.core.process.mark import MARK
from mux_tui.core.task import CLOUD_ROUTES, Completion, Route
from tests.core.process.waiting import until
from tests.fake_cli import ANSWER, FakeClis

PROVIDER = CliProvider(time_limit=60, stall_timeout=60)

every_cli = pytest.mark.parametrize("route", CLOUD_ROUTES)


class Asker:
    """Asks the fakes, and checks that they leave no process behind."""

    def __init__(self, clis: FakeClis, variables: dict[str, str], cwd: Path) -> None:
        self.clis = clis
        self.variables = variables
        self.cwd = cwd
        self.provider = PROVIDER
        self.limits = Limits()

    def backend(self, route: Route) -> CloudCli:
        dialect = DIALECTS[route]
        return CloudCli(dialect, self.provider, self.variables, self.limits, grace=0.3)

    async def events(
        self, route: Route, mode: str = "answer", prompt: str = "a question"
    ) -> list[BackendEvent]:
        self.clis.say(mode)
        before = psutil.Process().children()
        try:
            request = Request(prompt, self.cwd)
            async with aclosing(self.backend(route).run(request)) as events:
                return [event async for event in events]
        finally:
            now = psutil.Process().children()
            assert [child for child in now if child not in before] == []
            assert not any(group_alive(call["pgid"]) for call in self.clis.calls)

    async def answer(
        self, route: Route, mode: str = "answer", prompt: str = "a question"
    ) -> Completion:
        last = (await self.events(route, mode, prompt))[-1]
        assert isinstance(last, Completion)
        return last

    async def failure(self, route: Route, mode: str) -> BackendError:
        with pytest.raises(BackendError) as caught:
            await self.events(route, mode)
        assert "\x1b" not in str(caught.value)
        return caught.value


@pytest.fixture
def ask(clis: FakeClis, variables: dict[str, str], tmp_path: Path) -> Asker:
    cwd = tmp_path / "project"
    cwd.mkdir()
    return Asker(clis, variables, cwd)


@every_cli
async def test_an_answer_streams_and_is_then_told_whole(ask: Asker, route: Route):
    *deltas, done = await ask.events(route)
    assert isinstance(done, Completion)
    assert done.text == ANSWER
    shown = "".join(event.text for event in deltas if isinstance(event, TextDelta))
    assert shown.endswith(ANSWER)
    assert (done.usage.input_tokens, done.usage.output_tokens) == (35, 7)
    assert done.usage.cached_tokens == 20
    assert done.session_id
    assert done.first_token_seconds is not None
    assert 0 < done.first_token_seconds <= done.seconds
    assert ask.clis.calls[0]["cwd"] == str(ask.cwd)


HOSTILE = (
    "--version",
    "-h",
    "--dangerously-skip-permissions",
    "--yolo",
    "/help",
    "!rm -rf .",
    "@/etc/passwd",
    "mail joe@example.org about @/etc/passwd",
    "`id` $(id) ; rm x | cat > 'y' \"z\" \\ \n\t%s {} é \U0001f600",
    "\x1b[2J\x07\x00",
)


@every_cli
@pytest.mark.parametrize("prompt", HOSTILE)
async def test_a_prompt_arrives_as_text_whatever_it_begins_with(
    ask: Asker, route: Route, prompt: str
):
    await ask.answer(route, prompt=prompt)
    call = ask.clis.calls[0]
    # Gemini CLI would put the file of every bare @path into the prompt.
    text = prompt.replace("@", "\\@") if route == "gemini" else prompt
    assert call["stdin"] in (text, f"Task:\n{text}")
    assert not call["stdin"].startswith(("-", "/", "@", "!"))
    assert not any(prompt in argument for argument in call["argv"])


@every_cli
async def test_a_prompt_of_any_size_arrives_whole(ask: Asker, route: Route):
    prompt = "x" * 3_000_000
    await ask.answer(route, prompt=prompt)
    assert ask.clis.calls[0]["stdin"] == prompt


async def test_settings_choose_the_model_and_add_arguments(ask: Asker):
    ask.provider = CliProvider(model="m-1", args=("--extra", "7"))
    for route in CLOUD_ROUTES:
        assert (await ask.answer(route)).model
        argv = ask.clis.calls[-1]["argv"]
        assert "m-1" in argv
        assert argv[argv.index("--extra") + 1] == "7"


@every_cli
async def test_nothing_lets_the_cli_skip_its_permissions(ask: Asker, route: Route):
    await ask.answer(route)
    words = " ".join(ask.clis.calls[0]["argv"]).lower()
    for forbidden in ("danger", "yolo", "bypass", "auto_edit", "workspace-write"):
        assert forbidden not in words


@every_cli
async def test_no_terminal_reaches_the_cli(ask: Asker, route: Route):
    assert (await ask.failure(route, "terminal")).fault == "exit_status"
    assert ask.clis.calls[0]["tty"] == [False, False, False]


SAME_FAULTS = (
    ("empty", "empty_output"),
    ("empty-answer", "empty_output"),
    ("text", "bad_response"),
    ("binary", "bad_response"),
    ("cut", "cut"),
    ("crash", "exit_status"),
    ("exit-7", "exit_status"),
    ("usage", "usage"),
    ("killed", "signal"),
    ("logged-out", "not_logged_in"),
    ("auth-text", "not_logged_in"),
    ("rate-limit", "rate_limit"),
    ("limit-text", "rate_limit"),
    ("too-long", "context_too_large"),
    ("no-interpreter", "not_found"),
)


@every_cli
@pytest.mark.parametrize(("mode", "fault"), SAME_FAULTS)
async def test_each_failure_has_its_own_reason(
    ask: Asker, route: Route, mode: str, fault: str
):
    error = await ask.failure(route, mode)
    assert error.fault == fault
    assert route in error.what


async def test_what_the_cli_said_on_standard_error_is_the_cause(ask: Asker):
    error = await ask.failure("claude", "crash")
    assert str(error) == "claude exited with status 1: fatal: something broke"
    assert (await ask.failure("codex", "killed")).what.endswith("ended by signal 9")


async def test_a_login_that_is_missing_comes_with_the_way_to_log_in(ask: Asker):
    error = await ask.failure("codex", "logged-out")
    assert error.next_step == "Log in: run `codex login`"


HANGS = ("hang", "hang-silent", "ignore-term", "grandchild-hang", "close-stdout")


@pytest.mark.parametrize("mode", HANGS)
async def test_a_cli_that_hangs_is_ended_at_the_time_limit(ask: Asker, mode: str):
    ask.provider = CliProvider(time_limit=0.4, stall_timeout=60)
    started = time.monotonic()
    error = await ask.failure("claude", mode)
    assert error.fault == "time_limit"
    assert "providers.claude.time_limit" in error.next_step
    assert time.monotonic() - started < 30


async def test_a_cli_that_goes_silent_is_ended_at_the_stall_limit(ask: Asker):
    ask.provider = CliProvider(time_limit=60, stall_timeout=0.5)
    error = await ask.failure("gemini", "hang")
    assert error.fault == "stalled"


@pytest.mark.parametrize(
    ("mode", "notes"), [("answer-hang", 1), ("answer-fails", 1), ("grandchild", 0)]
)
async def test_an_answer_is_kept_whatever_happens_after_it(
    ask: Asker, mode: str, notes: int
):
    ask.provider = CliProvider(time_limit=5, stall_timeout=60)
    done = await ask.answer("gemini", mode)
    assert done.text == ANSWER
    assert len(done.notes) == notes


async def test_a_daemon_of_a_cli_does_not_outlive_the_run(ask: Asker):
    """It has left the CLI's group and session, and the CLI is long over."""
    done = await ask.answer("claude", "grandchild-session")
    assert done.text == ANSWER
    mark = ask.clis.calls[-1]["env"][MARK]
    assert len(mark) == 32
    assert carrying(MARK, mark) == ()


@pytest.mark.parametrize("mode", ["noise", "crlf", "bad-utf8", "flood-stderr"])
@every_cli
async def test_noise_around_the_answer_is_passed_over(
    ask: Asker, route: Route, mode: str
):
    assert (await ask.answer(route, mode)).text == ANSWER


async def test_a_flood_before_the_answer_does_not_drown_it(ask: Asker):
    ask.limits = Limits(answer_bytes=10_000)
    assert (await ask.answer("codex", "flood")).text == ANSWER


@every_cli
async def test_an_answer_beyond_the_limit_is_cut_and_says_so(ask: Asker, route: Route):
    ask.limits = Limits(answer_bytes=1_000_000)
    *deltas, done = await ask.events(route, "long-answer")
    assert isinstance(done, Completion)
    assert len(done.text) == 1_000_000
    assert done.finish_reason == "length"
    assert "cut after 1000000" in done.notes[-1]
    shown = sum(len(event.text) for event in deltas if isinstance(event, TextDelta))
    assert shown <= 1_000_000


@every_cli
async def test_an_answer_in_one_long_line_is_whole(ask: Asker, route: Route):
    assert len((await ask.answer(route, "long-answer")).text) == 2 << 20


@every_cli
async def test_escape_sequences_in_an_answer_stay_as_they_are(ask: Asker, route: Route):
    """The answer is a fact; making it safe is the work of who shows it."""
    assert "\x1b]0;title" in (await ask.answer(route, "ansi")).text


async def test_codex_without_a_network_is_ended_at_once(ask: Asker):
    started = time.monotonic()
    error = await ask.failure("codex", "no-network")
    assert error.fault == "network"
    assert time.monotonic() - started < 30


@every_cli
async def test_closing_the_generator_ends_the_cli(ask: Asker, route: Route):
    ask.clis.say("hang")
    events = ask.backend(route).run(Request("a question", ask.cwd))
    task = asyncio.ensure_future(anext(events))
    await until(lambda: ask.clis.calls, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await events.aclose()
    assert not group_alive(ask.clis.calls[0]["pgid"])


async def test_two_answers_at_once_do_not_mix(ask: Asker):
    prompts = ["first [[cli:echo]]", "second [[cli:echo]]"]
    backend = ask.backend("gemini")

    async def one(prompt: str) -> str:
        events = backend.run(Request(prompt, ask.cwd))
        last = [event async for event in events][-1]
        assert isinstance(last, Completion)
        return last.text

    assert await asyncio.gather(*map(one, prompts)) == prompts


async def test_a_command_that_is_not_there_is_named(ask: Asker):
    ask.variables["PATH"] = os.defpath
    ask.provider = CliProvider(command="no-such-cli")
    error = await ask.failure("claude", "answer")
    assert error.fault == "not_found"
    assert str(error) == "no command no-such-cli on PATH"


async def test_a_command_that_is_not_executable_is_named(ask: Asker):
    program = ask.clis.folder / "gemini"
    program.chmod(0o644)
    error = await ask.failure("gemini", "answer")
    assert error.fault == "not_found"
    assert str(error) == f"cannot run {program}: it is not executable"
    ask.provider = CliProvider(command=str(program))
    assert (await ask.failure("gemini", "answer")).why == "it is not executable"


@pytest.mark.parametrize("text", ["#!/nowhere/node\n", "\x7fELF for another machine"])
async def test_a_program_that_cannot_run_here_is_not_found(ask: Asker, text: str):
    (ask.clis.folder / "codex").write_text(text)
    error = await ask.failure("codex", "answer")
    assert error.fault == "not_found"
    assert "cannot start" in error.what


async def test_a_command_given_as_a_path_is_that_program(ask: Asker):
    ask.provider = CliProvider(command=str(ask.clis.folder / "claude"))
    ask.variables["PATH"] = os.defpath
    assert (await ask.answer("claude")).text == ANSWER


async def test_a_program_inside_the_project_is_never_taken(ask: Asker):
    """A relative directory on PATH would mean the project's own."""
    FakeClis(ask.cwd)
    ask.variables["PATH"] = f".{os.pathsep}{os.defpath}"
    ask.provider = CliProvider(command="gemini")
    assert (await ask.failure("gemini", "answer")).fault == "not_found"


async def test_temporary_files_of_the_cli_are_gone_after_the_run(ask: Asker):
    await ask.answer("gemini")
    scratch = Path(ask.clis.calls[0]["env"]["TMPDIR"])
    assert scratch.name.startswith("mux-")
    assert not scratch.exists()


def test_every_cloud_route_has_a_dialect():
    assert set(DIALECTS) == set(CLOUD_ROUTES) == set(get_args(Route)) - {"local"}
    for route, dialect in DIALECTS.items():
        assert (dialect.route, dialect.command) == (route, route)
