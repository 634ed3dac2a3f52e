"""Marks of left-out code are known, and code with dots is none."""

import pytest

from mux_tui.core.workspace.elision import elided


@pytest.mark.parametrize(
    "line",
    [
        "# ... existing code ...",
        "    // ... existing code ...",
        "/* ... */",
        "<!-- ... rest of the page ... -->",
        "# ...",
        "// ...",
        "# rest unchanged",
        "// rest of file remains the same",
        "# ... (rest of the code)",
        "... existing code ...",
        "… rest of the file …",
        "[... unchanged ...]",
        "(rest of file unchanged)",
        "# existing code",
        "{/* ... existing code ... */}",
        "-- ... the other tables",
        "# ... other methods remain the same",
        "# previous code...",
    ],
)
def test_marks_of_left_out_code_are_known(line: str) -> None:
    assert elided(["x", line], ["x"]) == line.strip()
    assert not elided(["x", line], [line]), "what stands there already is no mark"


@pytest.mark.parametrize(
    "line",
    [
        "...",
        "    ...,",
        "...rest,",
        "...existing,",
        "def f(): ...",
        "# wait for the server...",
        "# other imports",
        "# The rest of the arguments are for the child",
        "# keep the same order",
        'print("...")',
        "x: tuple[int, ...]",
        "Loading...",
        "return x  # ...",
        pytest.param("#" * 10_000, id="hashes"),
        pytest.param("# " + ". " * 5000, id="dots"),
    ],
)
def test_code_with_dots_is_no_mark(line: str) -> None:
    assert not elided([line], [])
