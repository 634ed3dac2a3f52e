"""Credentials go, everything else stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.redact import MARK, redact, redacted

# Put together here so that no scanner takes this file for a leak.
KEYS = (
    "sk-" + "ant-api03-CANARYcanary_0123456789-abc",
    "sk-" + "proj-abcDEF0123456789",
    "sk-" + "0123456789abcdefghijABCDEFGHIJ",
    "gh" + "p_0123456789abcdefghijABCDEFGHIJ012345",
    "github" + "_pat_11ABCDEFG0123456789_abcdefghij",
    "AI" + "zaSyA0123456789abcdefghijklmnopqrstuv",
    "AK" + "IA0123456789ABCDEF",
    "xo" + "xb-1234567890-abcdefghij",
    "h" + "f_abcdefghijABCDEFGHIJ01234",
    "sk" + "_live_0123456789abcdefABCDEF",
    "gs" + "k_0123456789abcdefABCDEF0123",
    "xa" + "i-0123456789abcdefABCDEF0123",
    "SG" + ".0123456789abcdefABCD.0123456789abcdefABCDEF",
    "hv" + "s.CAESI0123456789abcdefABCDEF",
    "dop" + "_v1_0123456789abcdef0123456789abcdef",
    "shp" + "at_0123456789abcdef0123456789",
    "AT" + "ATT3xFfGF0123456789abcdef",
    "AGE" + "-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQ",
    "12345678" + "90:AAabcdefghijklmnopqrstuvwxyz0123456789",
    "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "frame", ["{}", "the key is {}.", '{{"a": "{}"}}', "x={}\n", "({})"]
)
def test_a_known_kind_of_key_is_removed_wherever_it_stands(
    key: str, frame: str
) -> None:
    text = redact(frame.format(key))
    assert key not in text
    assert text == frame.format(MARK)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {MARK}"),
        ("authorization=Basic dXNlcjpwYXNz", f"authorization=Basic {MARK}"),
        ('"x-api-key": "k3y-abc"', f'"x-api-key": "{MARK}"'),
        ("curl -H 'x: bearer a1b2c3d4'", f"curl -H 'x: bearer {MARK}'"),
        ("OPENAI_API_KEY=abc-123-def", f"OPENAI_API_KEY={MARK}"),
        ("export DB_PASSWORD='hunter2!'", f"export DB_PASSWORD='{MARK}'"),
        ("AWS_SECRET_ACCESS_KEY = abc/def+123=", f"AWS_SECRET_ACCESS_KEY = {MARK}"),
        ('password: "correct horse"', f'password: "{MARK}"'),
        ("api_key='s3cr3t-value'", f"api_key='{MARK}'"),
        ("postgres://user:pa55word@host/db", f"postgres://user:{MARK}@host/db"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMI=\n-----END RSA PRIVATE KEY-----\nx",
            f"{MARK}\nx",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE cut off", MARK),
    ],
)
def test_a_named_credential_loses_its_value_and_keeps_its_name(
    text: str, expected: str
) -> None:
    assert redact(text) == expected
    assert redact(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Use bearer authentication for the task-list endpoint.",
        "MAX_TOKENS=1200",
        "API_KEY = os.environ['API_KEY']",
        "TOKEN=$GITHUB_TOKEN",
        "TOKEN = tokenizer(text)",
        "def login(password: str, token: str) -> None:",
        "password = input('Password: ')",
        "http://127.0.0.1:8080/v1@home",
        "the ask-and-answer task; risk-taking; sk-learn is not scikit-learn",
        "author: me",
        'headers = {"Authorization": f"Bearer {key}"}',
        "",
    ],
)
def test_code_and_prose_about_credentials_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@given(st.text(), st.sampled_from(KEYS), st.text())
def test_no_surroundings_hide_a_key(before: str, key: str, after: str) -> None:
    """Blanks around the key stand for its being a word of its own."""
    assert key not in redact(f"{before} {key} {after}")


@given(st.lists(st.sampled_from([*KEYS, "KEY=", "token='", "bearer ", '"', " ", "a1"])))
def test_a_redacted_text_is_not_changed_again(parts: list[str]) -> None:
    once = redact("".join(parts))
    assert redact(once) == once


def test_every_string_of_a_json_value_is_redacted() -> None:
    value = {"a": [KEYS[0], 1, None, True], "b": {"c": f"x {KEYS[3]}"}}
    expected = {"a": [MARK, 1, None, True], "b": {"c": f"x {MARK}"}}
    assert redacted(value) == expected


@pytest.mark.parametrize(
    "piece",
    [
        "a" * 50,
        "://" + "a" * 40,
        "bearer ",
        "sk-",
        "-----BEGIN PRIVATE KEY-----",
        "x='",
    ],
)
def test_a_hostile_megabyte_takes_no_longer_than_a_moment(piece: str) -> None:
    """The time grows with the length, not with its square."""
    begin = time.process_time()
    redact(piece * (1_000_000 // len(piece)))
    assert time.process_time() - begin < 5
