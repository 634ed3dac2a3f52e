"""Three small projects, each with one fault and a test that tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Project:
    """A project and what models say of it."""

    name: str
    files: Mapping[str, str]
    task: str
    fault: str
    """The file that is at fault."""

    wrong: str
    """An answer whose change does not mend it."""

    right: str
    """An answer whose change does."""

    repaired: str
    """The file after the right answer."""

    needs: str
    """The program that runs its tests."""

    def lay(self, folder: Path) -> Path:
        """Put the project's files into a directory of its name."""
        root = folder / self.name
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return root


def _edit(path: str, search: str, replace: str) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


def _project(
    name: str,
    fault: str,
    files: Mapping[str, str],
    lines: tuple[str, str, str],
    task: str,
    needs: str,
) -> Project:
    faulty, wrong, right = lines
    return Project(
        name,
        files,
        task,
        fault,
        _edit(fault, faulty, wrong),
        _edit(fault, faulty, right),
        files[fault].replace(faulty, right),
        needs,
    )


PYTHON = _project(
    "basket",
    "basket.py",
    {
        "basket.py": "def total(prices):\n    return sum(prices) + 1\n",
        "test_basket.py": (
            "import unittest\n\nfrom basket import total\n\n\n"
            "class TotalTest(unittest.TestCase):\n"
            "    def test_total(self):\n"
            "        self.assertEqual(total([1, 2]), 3)\n\n"
            "    def test_empty(self):\n"
            "        self.assertEqual(total([]), 0)\n"
        ),
    },
    (
        "    return sum(prices) + 1",
        "    return sum(prices) + 2",
        "    return sum(prices)",
    ),
    "Fix total in basket.py so that the failing tests pass.",
    "python3",
)

JAVASCRIPT = _project(
    "greeter",
    "greet.js",
    {
        "package.json": (
            '{"name": "greeter", "version": "1.0.0",'
            ' "scripts": {"test": "node --test"}}\n'
        ),
        "greet.js": (
            "function greet(name) {\n  return 'Hello ' + nme;\n}\n\n"
            "module.exports = { greet };\n"
        ),
        "greet.test.js": (
            "const test = require('node:test');\n"
            "const assert = require('node:assert');\n"
            "const { greet } = require('./greet.js');\n\n"
            "test('greets by name', () => {\n"
            "  assert.strictEqual(greet('Ann'), 'Hello Ann');\n});\n"
        ),
    },
    (
        "  return 'Hello ' + nme;",
        "  return 'Hallo ' + name;",
        "  return 'Hello ' + name;",
    ),
    "Fix greet in greet.js so that the failing test passes.",
    "npm",
)

SHELL = _project(
    "counter",
    "count.sh",
    {
        "Makefile": "test:\n\tsh test_count.sh\n",
        "count.sh": '#!/bin/sh\n# Counts the lines of a file.\nwc -c < "$1"\n',
        "test_count.sh": (
            "#!/bin/sh\n"
            "file=$(mktemp)\nprintf 'a\\nb\\nc\\n' > \"$file\"\n"
            'found=$(sh ./count.sh "$file" | tr -d " ")\nrm "$file"\n'
            'test "$found" = 3 || { echo "expected 3, got $found"; exit 1; }\n'
        ),
    },
    ('wc -c < "$1"', 'wc -w "$1"', 'wc -l < "$1"'),
    "Fix count.sh so that the failing tests pass.",
    "make",
)

ALL = (PYTHON, JAVASCRIPT, SHELL)
