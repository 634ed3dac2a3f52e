"""The scripted cloud keeps its word: what the script says is what a client gets."""

import asyncio
import json
import sys
from typing import Any

import httpx
import pytest

from tests.cloud import Answer, Cloud, Failure, Reply, ToolCall, Usage, cloud
from tests.cloud.received import fingerprint
from tests.cloud.script import Ending

ASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "anthropic": (
        "/v1/messages?beta=true",
        {
            "model": "m",
            "stream": True,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "<system-reminder>x"},
                        {"type": "text", "text": "What is a mutex?"},
                    ],
                },
                {"role": "system", "content": "agents"},
            ],
        },
    ),
    "openai": (
        "/v1/responses",
        {
            "model": "m",
            "stream": True,
            "input": [
                {"role": "developer", "content": []},
                {
                    "role": "user",
                    "content": [{"type": "input_text", "text": "What is a mutex?"}],
                },
            ],
        },
    ),
    "gemini": (
        "/v1beta/models/m:streamGenerateContent?alt=sse",
        {
            "contents": [
                {
                    "role": "user",
                    "parts": [
                        {"text": "<session_context>x"},
                        {"text": "What is a mutex?"},
                    ],
                }
            ]
        },
    ),
}
VENDORS = sorted(ASKS)
FULL = Answer(
    "A mutex is a lock.",
    reasoning="Think of doors.",
    tool=ToolCall("Read", {"path": "a.py"}),
    usage=Usage(input=77, cached=7, output=5),
)


async def post(made: Cloud, vendor: str, **headers: str) -> httpx.Response:
    """Ask the cloud in the vendor's way."""
    target, body = ASKS[vendor]
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return await client.post(made.base_url + target, json=body, headers=headers)


def events(response: httpx.Response) -> list[dict[str, object]]:
    """The JSON values of a stream's events."""
    frames = response.text.split("\n\n")
    return [json.loads(f.partition("data: ")[2]) for f in frames if "data: " in f]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_stream_carries_the_whole_script(vendor: str) -> None:
    async with cloud(FULL) as made:
        response = await post(made, vendor)

    said = json.dumps(events(response))
    assert response.headers["content-type"] == "text/event-stream"
    for piece in FULL.pieces():
        assert json.dumps(piece) in said
    assert "Think of doors." in said
    assert "a.py" in said
    assert "77" in said if vendor != "anthropic" else '"input_tokens": 70' in said


@pytest.mark.parametrize("vendor", VENDORS)
async def test_the_request_is_kept_without_its_credential(vendor: str) -> None:
    async with cloud() as made:
        await post(made, vendor, **{"x-api-key": "hush", "x-goog-api-key": "hush"})

    [request] = made.asked
    assert (request.vendor, request.model) == (vendor, "m")
    assert request.stream
    assert request.prompt == "What is a mutex?"
    assert request.headers["x-api-key"] == fingerprint("hush")
    assert "hush" not in repr(request)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_a_failure_has_the_vendors_own_shape(vendor: str, status: int) -> None:
    reply = Failure(status, "no luck", {"retry-after": "3"})
    async with cloud(reply) as made:
        response = await post(made, vendor)

    assert response.status_code == status
    assert response.headers["retry-after"] == "3"
    assert response.json()["error"]["message"] == "no luck"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_error_in_mid_stream_follows_half_of_the_text(vendor: str) -> None:
    async with cloud(Answer("one two three four", ending="error")) as made:
        response = await post(made, vendor)

    assert "The answer broke off." in json.dumps(events(response)[-1])
    assert "four" not in response.text


@pytest.mark.parametrize(
    ("ending", "error"), [("cut", httpx.RemoteProtocolError), ("hang", TimeoutError)]
)
async def test_a_stream_can_be_cut_or_left_hanging(
    ending: Ending, error: type[Exception]
) -> None:
    async with cloud(Answer(ending=ending)) as made:
        with pytest.raises(error):
            await _read_until_end(made, 0.2 if ending == "hang" else 5)
        await made.wait_for(lambda: made.open_connections == 0)


async def test_replies_come_one_after_the_other_and_the_last_one_stays() -> None:
    replies: tuple[Reply, ...] = (Failure(500), Answer("fine"))
    async with cloud(replies) as made:
        codes = [(await post(made, "anthropic")).status_code for _ in range(3)]

    assert codes == [500, 200, 200]


async def test_a_message_that_is_not_streamed_is_one_document() -> None:
    async with cloud(FULL) as made, httpx.AsyncClient(trust_env=False) as client:
        body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
        response = await client.post(made.base_url + "/v1/messages", json=body)

    message = response.json()
    kinds = [block["type"] for block in message["content"]]
    assert kinds == ["thinking", "text", "tool_use"]
    assert message["stop_reason"] == "tool_use"
    assert made.asked[0].prompt == "hi"


async def test_the_small_endpoints_answer() -> None:
    async with cloud() as made, httpx.AsyncClient(trust_env=False) as client:
        url = made.base_url
        head = await client.head(url + "/")
        count = await client.post(url + "/v1/messages/count_tokens", json={"a": 1})
        version = {"anthropic-version": "2023-06-01"}
        models = await client.get(url + "/v1/models?limit=9", headers=version)
        other = await client.get(url + "/nowhere")

    assert head.status_code == 200
    assert count.json()["input_tokens"] > 0
    assert models.json()["data"][0]["id"].startswith("claude-")
    assert other.status_code == 404
    assert len(made.requests) == 4
    assert not made.asked


async def test_the_program_says_where_it_listens() -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.cloud", "--text", "hey", stdout=-1
    )
    assert child.stdout is not None
    try:
        ready = json.loads(await child.stdout.readline())
        async with httpx.AsyncClient(trust_env=False) as client:
            body: dict[str, Any] = {"model": "m", "messages": []}
            answer = await client.post(ready["base_url"] + "/v1/messages", json=body)
    finally:
        child.terminate()
        await child.communicate()

    assert answer.json()["content"] == [{"type": "text", "text": "hey"}]
    assert child.returncode == 0


async def _read_until_end(made: Cloud, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await post(made, "anthropic")
