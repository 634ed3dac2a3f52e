"""What the setup's lines say, for any width and at any moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.errors import WeightsError
from mux_tui.core.events import Progressed
from mux_tui.core.setup.choices import Choices, ModelChoice
from mux_tui.core.setup.facts import ConnectFound, Failure, ServeFound, Trial
from mux_tui.core.setup.steps import STEPS, Step, trail
from mux_tui.core.setup.ways import ways_to_fetch
from mux_tui.tui.glyphs import ASCII, UNICODE
from mux_tui.tui.screens.setup.state import SetupState
from mux_tui.tui.widgets.setup.connect import rows_of
from mux_tui.tui.widgets.setup.download import DownloadView, amount, download_text
from mux_tui.tui.widgets.setup.proof import ProofView, proof_text
from mux_tui.tui.widgets.setup.rail import NAMES, rail
from mux_tui.tui.widgets.setup.ways import ways_text
from tests.tui.setup_stage import CLAUDE, CODEX, GEMINI, SetupWorld, download

HUB = ModelChoice("hub", "somebody/a-model")


@given(
    here=st.sampled_from(STEPS),
    skipped=st.frozensets(st.sampled_from(STEPS)),
    width=st.integers(60, 200),
)
def test_the_rail_names_every_step_at_any_width(
    here: Step, skipped: frozenset[Step], width: int
) -> None:
    for glyphs in (UNICODE, ASCII):
        line = rail(trail(here, Choices(HUB), skipped), glyphs, width)
        assert line.cell_length <= width
        if width >= 80:
            assert all(name in line.plain for name in NAMES.values())


def test_a_skipped_step_says_so_where_there_is_room() -> None:
    line = rail(trail("connect", Choices(HUB), frozenset(["serve"])), UNICODE, 120)
    assert "─ Serve skipped" in line.plain


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (59, "59 s"), (638, "10 min 38 s"), (7500, "2 h 5 min")],
)
def test_time_is_told_in_the_units_people_use(seconds: float, words: str) -> None:
    assert amount(seconds) == words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Progressed("fetching", 0, None), "fetching"),
        (Progressed("fetching", 3 << 30, None), "3.0 GiB"),
        (Progressed("reconnecting", 2, 5, "tries"), "2 of 5 tries"),
        (Progressed("fetching", 8 << 30, 16 << 30), " 50%  8.0 GiB of 16.0 GiB"),
        (Progressed("fetching", 17 << 30, 16 << 30), "100%"),
    ],
)
def test_a_download_tells_what_is_known(event: Progressed, words: str) -> None:
    found = download(SetupWorld(), HUB)
    view = DownloadView(found, running=True, progress=event)
    assert words in download_text(view, UNICODE, 100).plain


def test_a_disk_without_room_is_said_before() -> None:
    found = download(SetupWorld(disk_free=1 << 30), HUB)
    assert "not enough room" in download_text(DownloadView(found), UNICODE, 100).plain


def test_speed_and_time_left_follow_the_clock() -> None:
    now = 0.0
    state = SetupState(lambda: now)
    for second in range(4):
        now = float(second)
        state.seen(Progressed("fetching", second * 10_000_000, 100_000_000))
    assert state.pace.per_second == 10_000_000
    assert state.pace.seconds_left == 7
    assert len(state.speeds) == 3


def test_a_trial_that_was_left_out_says_why() -> None:
    trial = Trial("context", "left", "it would take 54 s")
    found = ServeFound(HUB, "a-model", running=False)
    view = ProofView(found, trials={"context": (trial,)})
    assert "left out: it would take 54 s" in proof_text(view, UNICODE).plain


def test_a_server_of_somebody_else_is_not_started() -> None:
    served = ModelChoice("server", "m", "http://127.0.0.1:1/v1")
    view = ProofView(ServeFound(served, "m", running=True))
    assert "start " not in proof_text(view, UNICODE).plain


def test_ways_on_have_the_numbers_of_their_keys() -> None:
    error = WeightsError("it failed", "who knows", "Try again")
    failure = Failure("download", error, ways_to_fetch(error))
    lines = ways_text(failure, UNICODE).plain.splitlines()
    assert lines[0] == "✗ it failed: who knows"
    assert [line.split()[0] for line in lines[2:]] == ["1", "2", "3", "4", "5"]


def test_every_connection_comes_back_to_where_it_was() -> None:
    found = ConnectFound((CLAUDE, CODEX, GEMINI))
    for number, row in enumerate(rows_of(Choices(HUB), found, "claude-x")):
        assert row.turned(1) != Choices(HUB), row.name
        there = row.turned(1)
        back = rows_of(there, found, "claude-x")[number]
        assert back.turned(-1) == Choices(HUB), row.name


def test_a_cli_that_is_not_installed_cannot_register_mux() -> None:
    rows = rows_of(Choices(HUB), ConnectFound((CLAUDE, GEMINI)), "claude-x")
    assert [row.name for row in rows if row.checked is not None] == [
        "mux as a tool in claude"
    ]
