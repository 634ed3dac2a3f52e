"""Rust, Go, shell and make: projects whose test command is always the same."""

import re

from mux_tui.core.verification.oracle.detecting.context import (
    GO,
    LENT,
    RUST,
    SHELL,
    Context,
    joined,
    lent,
    named,
)
from mux_tui.core.verification.oracle.facts import Oracle
from mux_tui.core.verification.oracle.listing import Listing
from mux_tui.core.verification.oracle.recipe_names import CARGO, INCLUDED, MAKE

_TEST_TARGET = re.compile(r"^(test|check)\s*:(?!=)", re.MULTILINE)


def cargo(context: Context) -> list[Oracle]:
    """The tests of Rust packages, built from what is downloaded already."""
    if not context.touches(RUST):
        return []

    words = ("cargo", "test", "--offline", "--no-fail-fast", "--color", "never")
    return [
        Oracle(
            named("cargo test", folder),
            "tests",
            words,
            "there is a Cargo.toml",
            folder,
            "cargo",
            recipe=CARGO,
        )
        for folder in context.homes("Cargo.toml")
    ]


def go(context: Context) -> list[Oracle]:
    """The tests of Go modules, built from what is downloaded already."""
    if not context.touches(GO):
        return []

    words = ("go", "test", "-json", "./...")
    return [
        Oracle(
            named("go test", folder), "tests", words, "there is a go.mod", folder, "go"
        )
        for folder in context.homes("go.mod")
    ]


def bats(context: Context) -> list[Oracle]:
    """The tests of shell scripts."""
    if not context.touches(SHELL):
        return []
    folders = sorted({path.rpartition("/")[0] for path in context.files.named(".bats")})
    if not folders:
        return []

    return [
        Oracle(
            "bats",
            "tests",
            ("bats", "--tap", *(folder or "." for folder in folders)),
            "there are .bats files",
            reading="tap",
            lends=lent(context.files, ".", *LENT),
        )
    ]


def make(context: Context) -> list[Oracle]:
    """The `test` or `check` target of a Makefile."""
    for folder in context.homes(*MAKE):
        for name in MAKE:
            text = context.files.text(joined(folder, name))
            targets = _TEST_TARGET.findall(text)
            if targets:
                target = "test" if "test" in targets else "check"
                return [_target(context.files, folder, name, target)]

    return []


def _target(files: Listing, folder: str, name: str, target: str) -> Oracle:
    return Oracle(
        named(f"make {target}", folder),
        "tests",
        ("make", target),
        f"its {name} has the target `{target}`, and no other tests were found",
        folder,
        "script",
        lent(files, folder, *LENT),
        (*(joined(folder, one) for one in MAKE), *INCLUDED),
    )
