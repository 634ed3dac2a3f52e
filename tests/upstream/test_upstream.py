"""The upstream itself: its modes do what they say, and its log tells the truth."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.upstream import MODES, upstream

ENDLESS = {"die", "no-read", "endless", "hang-comments", "flood-comments"}
BODY: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


async def post(client: httpx.AsyncClient, url: str, mode: str, stream: bool) -> None:
    """One request, whose answer may be anything."""
    headers = {"x-fault": mode}
    body = BODY | {"stream": stream}
    with suppress(httpx.HTTPError):
        await client.post(f"{url}/chat/completions", json=body, headers=headers)


@pytest.mark.parametrize("framing", ["chunked", "eof"])
@pytest.mark.parametrize("stream", [True, False])
async def test_no_mode_has_a_bug_of_its_own(framing: str, stream: bool) -> None:
    options: dict[str, Any] = {
        "hang": 0.01,
        "drip": 0.001,
        "events": 50,
        "bomb": 1000,
        "size": 1000,
    }
    async with upstream(framing=framing, **options) as server:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            for mode in MODES.keys() - ENDLESS:
                await post(client, server.base_url, mode, stream)
                record = await server.ended()
                cuts = mode.startswith(("cut-", "rst-", "hang-", "bad-"))
                assert record.mode == mode
                assert record.error == ""
                assert record.ended in (("cut", "complete") if cuts else ("complete",))


@pytest.mark.parametrize(
    ("header", "model", "prompt"),
    [
        ("http-500", "fault:ok", ""),
        ("", "fault:http-500", ""),
        ("", "m", "[[fault:http-500]]"),
    ],
)
async def test_a_request_chooses_its_mode(header: str, model: str, prompt: str) -> None:
    body = {"model": model, "messages": [{"role": "user", "content": prompt}]}
    async with upstream() as server:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            answer = await client.post(
                f"{server.base_url}/chat/completions",
                json=body,
                headers={"x-fault": header} if header else {},
            )

    assert answer.status_code == 500


async def test_a_sequence_stays_at_its_last_mode() -> None:
    async with upstream(sequence=("http-500", "http-503", "ok")) as server:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            url = f"{server.base_url}/chat/completions"
            answers = [await client.post(url, json=BODY) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [500, 503, 200, 200]


async def test_an_unknown_mode_is_a_fault_of_the_test() -> None:
    async with upstream() as server:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            await post(client, server.base_url, "no-such-mode", False)
        record = await server.ended()

    assert record.ended == "crashed"
    assert "no-such-mode" in record.error


async def test_as_a_program_it_says_where_it_listens_and_gives_its_log() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.upstream", "--mode", "http-503", "--text", "x"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    ready = json.loads(await process.stdout.readline())
    control = ready["base_url"].replace("/v1", "/__upstream")
    try:
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            url = f"{ready['base_url']}/chat/completions"
            first = await client.post(url, json=BODY)
            await client.post(f"{control}/mode", json={"mode": "ok"})
            second = await client.post(url, json=BODY)
            log = (await client.get(f"{control}/log")).json()
            state = (await client.get(f"{control}/state")).json()
    finally:
        process.terminate()
        await process.wait()

    assert ready["pid"] == process.pid
    assert process.returncode == 0
    assert (first.status_code, second.status_code) == (503, 200)
    assert second.json()["choices"][0]["message"]["content"] == "x"
    assert [record["mode"] for record in log] == ["http-503", "ok"]
    assert state == {"requests": 2, "mode": "ok", "complete": 2}
