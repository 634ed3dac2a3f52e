"""Documents and how they are drawn, as text: `drawn/NAME.md`, `NAME.WIDTH.txt`.

    python -m tests.tui.answer.drawings

writes all drawings anew; look at what changed.
"""

from pathlib import Path

from tests.tui.answer.stage import lines_of, page_of

FOLDER = Path(__file__).with_name("drawn")
WIDTHS = (76, 40)
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.md")))


def drawing(name: str, width: int) -> str:
    """The document as it is drawn now."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return "\n".join(lines_of(page_of(text, width))) + "\n"


def expected(name: str, width: int) -> Path:
    """Where the drawing is kept."""
    return FOLDER / f"{name}.{width}.txt"


def main() -> None:
    """Write all drawings."""
    for name in NAMES:
        for width in WIDTHS:
            expected(name, width).write_text(drawing(name, width), encoding="utf-8")


if __name__ == "__main__":
    main()
