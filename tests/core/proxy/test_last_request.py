"""The newest request is kept for debugging, and nothing that gives access with it."""

import json
import os
from pathlib import Path
from typing import Any

import anyio
import pytest

from mux_tui.core.paths import Paths
from mux_tui.core.proxy.last_request import Kept, LastRequest, masked, readable, write

CANARY = "sk-" + "ant-api03-CANARYcanary0123456789"
PLAIN_SECRET = "correct-horse-battery"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


def body(**more: Any) -> bytes:
    return json.dumps({"model": "claude-x", "messages": []} | more).encode()


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


def silent(text: str) -> None:
    raise AssertionError(text)


async def test_both_forms_of_the_newest_request_are_kept_for_the_owner_alone(
    paths: Paths,
) -> None:
    async with LastRequest(paths, True, silent).working() as last:
        last.put(Kept("01", body(n=1), b'{"n":1}'))
        last.put(Kept("02", body(n=2), b'{"n":2}', {"anthropic-beta": "a,b"}))
    kept = read(paths.last_request)
    assert (kept["id"], kept["body"]["n"]) == ("02", 2)
    assert kept["headers"] == {"anthropic-beta": "a,b"}
    translated = read(paths.last_translated)
    assert (translated["id"], translated["body"]) == ("02", {"n": 2})
    for path in (paths.last_request, paths.last_translated):
        assert path.stat().st_mode & 0o777 == 0o600
    assert paths.state_dir.stat().st_mode & 0o777 == 0o700
    names = {"last-request.json", "last-translated.json"}
    assert set(os.listdir(paths.state_dir)) == names


async def test_it_is_written_while_the_proxy_runs(paths: Paths) -> None:
    async with LastRequest(paths, True, silent, pause=0.01).working() as last:
        last.put(Kept("01", body()))
        with anyio.fail_after(30):
            while not paths.last_translated.exists():
                await anyio.sleep(0.005)
        assert read(paths.last_request)["id"] == "01"


async def test_switched_off_nothing_is_kept_and_what_was_is_removed(
    paths: Paths,
) -> None:
    write(paths, Kept("01", body()))
    async with LastRequest(paths, False, silent).working() as last:
        last.put(Kept("02", body()))
        assert os.listdir(paths.state_dir) == []
    assert os.listdir(paths.state_dir) == []


def test_no_credential_reaches_a_byte_of_the_files(paths: Paths) -> None:
    """Whether it shows its shape, stands under a telling name, or deep in a text."""
    raw = body(
        system=f"export ANTHROPIC_API_KEY={CANARY}",
        metadata={"user_id": json.dumps({"api_key": PLAIN_SECRET})},
        headers={"Authorization": PLAIN_SECRET, "x-api-key": PLAIN_SECRET},
        messages=[{"role": "user", "content": [{"type": "text", "text": CANARY}]}],
        tools=[{"input": {"password": PLAIN_SECRET, CANARY: "under it"}}],
    )
    headers = {
        "Authorization": f"Bearer {PLAIN_SECRET}",
        "X-Api-Key": PLAIN_SECRET,
        "Cookie": f"session={PLAIN_SECRET}",
        "X-Forwarded": f"Bearer {CANARY}",
    }
    write(paths, Kept("01", raw, raw, headers))
    broken = raw[:-1]
    for content in (raw, broken):
        write(paths, Kept("01", content, content, headers))
        for path in (paths.last_request, paths.last_translated):
            kept = path.read_bytes()
            assert CANARY.encode() not in kept
            assert b"claude-x" in kept
    write(paths, Kept("01", raw, raw, headers))
    for path in (paths.last_request, paths.last_translated):
        assert PLAIN_SECRET.encode() not in path.read_bytes()


def test_a_schema_keeps_the_names_of_its_properties() -> None:
    schema = {"properties": {"password": {"type": "string"}}, "required": ["password"]}
    assert masked(schema) == schema


def test_what_is_kept_is_bounded() -> None:
    picture = {"data": "A" * 5_000_000}
    kept = readable(json.dumps(picture).encode())
    assert len(kept["body"]["data"]) < 300_000
    huge = b'"' + b"x" * 40_000_000 + b'"'
    kept = readable(huge)
    assert (kept["bytes"], len(kept["text"])) == (len(huge), 256 * 1024)


def test_a_credential_where_the_text_is_cut_is_removed() -> None:
    edge = 256 * 1024
    for start in (edge - 8, edge - 30, 2 * edge - 8):
        text = b"x " * (start // 2) + CANARY.encode() + b" x" * 5_000_000
        assert CANARY[:20] not in readable(text)["text"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b'"\\ud800"',
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b"[" * 100_000,
        b'{"a":NaN}',
        b"1" * 400,
    ],
)
def test_a_body_that_is_no_use_is_kept_all_the_same(paths: Paths, raw: bytes) -> None:
    write(paths, Kept("01", raw, raw, {"x": "\udcff"}))
    assert read(paths.last_request)["bytes"] == len(raw)


def test_a_link_in_the_way_is_replaced_and_not_followed(
    paths: Paths, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    paths.state_dir.mkdir(parents=True)
    paths.last_request.symlink_to(other)
    write(paths, Kept("01", body()))
    assert other.read_text() == "mine"
    assert not paths.last_request.is_symlink()
    assert read(paths.last_request)["id"] == "01"


async def test_a_place_that_cannot_be_written_is_told_once(
    paths: Paths, tmp_path: Path
) -> None:
    (tmp_path / "mux").write_text("a file where the directory should be")
    said: list[str] = []
    keeper = LastRequest(paths, True, said.append, pause=0.01)
    async with keeper.working() as last:
        last.put(Kept("01", body()))
        with anyio.fail_after(30):
            while not said:
                await anyio.sleep(0.005)
        last.put(Kept("02", body()))
    (warning,) = said
    assert warning.startswith("the last request is not kept: ")
