"""Answers with whole files in fences."""

import pytest

from mux_tui.core.workspace.answer import NoDraft, WholeFile, read_answer
from mux_tui.core.workspace.answer.paths import path_in_info, path_on_line


def test_each_fence_under_a_path_is_a_file() -> None:
    text = (
        "Two files.\n\nsrc/a.py\n```python\nx = 1\n```\n\n**`b/Makefile`**\n"
        "```make\nall:\n\ttrue\n```\nRun them:\n```bash\nmake\n```\n"
    )
    draft = read_answer(text)
    assert draft.form == "files"
    assert draft.edits == (
        WholeFile("src/a.py", "x = 1\n"),
        WholeFile("b/Makefile", "all:\n\ttrue\n"),
    )
    assert draft.notes == ("code blocks that name no file, not used: 1",)
    assert draft.summary.startswith("Two files.")
    assert draft.commands == ()


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("src/a.py:", "src/a.py"),
        ("  `src/a.py`  ", "src/a.py"),
        ("**src/a.py**", "src/a.py"),
        ("**`src/a.py`**:", "src/a.py"),
        ("### src/a.py", "src/a.py"),
        ("1. `src/a.py` (new file)", "src/a.py"),
        ("- src/a.py", "src/a.py"),
        ("File: my notes.txt", "my notes.txt"),
        ("Filename: `a.py`", "a.py"),
        ("`my notes.txt`", "my notes.txt"),
        ("Makefile", "Makefile"),
        (".gitignore", ".gitignore"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("/etc/passwd", "/etc/passwd"),
        ("C:\\Windows\\x.ini", "C:\\Windows\\x.ini"),
        ("", ""),
        ("Here is src/a.py:", ""),
        ("Update `src/a.py` like this:", ""),
        ("the file.py", ""),
        ("https://example.org/a.py", ""),
        ("and/or this", ""),
        ("Done.", ""),
        ("...", ""),
        ("Node.js", ""),
        pytest.param("#" * 100_000, "", id="a long line"),
        pytest.param("a" * 100_000 + ".py", "", id="a long name"),
    ],
)
def test_a_line_is_a_path_only_if_it_is_nothing_else(line: str, path: str) -> None:
    assert path_on_line(line) == path


@pytest.mark.parametrize(
    "line",
    ["my notes.txt", "### gradlew", "`[a] b`:", "[m] #1.md", "my dir/a.py (new)"],
)
def test_names_of_the_project_may_look_like_talk(line: str) -> None:
    names = {"my notes.txt", "gradlew", "[a] b", "[m] #1.md", "my dir/a.py"}
    assert path_on_line(line, names.__contains__) in names
    assert path_on_line(f"I change {line}", names.__contains__) == ""


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ("python path=src/a.py", "src/a.py"),
        ('python title="my file.py"', "my file.py"),
        ("python file='a.py'", "a.py"),
        ("{python filename=a.py}", "a.py"),
        ("src/a.py", "src/a.py"),
        ("python src/a.py", "src/a.py"),
        ("python:src/a.py", "src/a.py"),
        ("../x.py", "../x.py"),
        ("", ""),
        ("python", ""),
        ("c++", ""),
        ("python linenos startline=3", ""),
        ("12:15:src/a.py", ""),
        ("Node.js", ""),
    ],
)
def test_a_fence_names_its_file_among_its_words(info: str, path: str) -> None:
    assert path_in_info(info) == path


def test_longer_fences_hold_shorter_ones() -> None:
    text = "README.md\n````markdown\n# T\n```bash\nls\n```\nend\n````\n"
    assert read_answer(text).edits == (
        WholeFile("README.md", "# T\n```bash\nls\n```\nend\n"),
    )


def test_a_fence_further_in_ends_nothing() -> None:
    text = "a.py\n```python\ndef f():\n    '''\n    ```\n    '''\n```\n"
    (edit,) = read_answer(text).edits
    assert edit == WholeFile("a.py", "def f():\n    '''\n    ```\n    '''\n")


@pytest.mark.parametrize(
    "text",
    [
        "README.md\n```markdown\n# T\n```bash\nls\n```\nend\n```\n",
        'a.py\n```python\n"""Run\n```bash\nls\n```\n"""\n```\n',
        "README.md\n```markdown\n# T\n```\nls\n```\nend\n```\n",
        "README.md\n```\n# T\n```\nls\n```\nend\n```\n\nb.py\n```python\nx\n```\n",
    ],
)
def test_a_file_is_never_cut_at_a_fence_of_its_own(text: str) -> None:
    with pytest.raises(NoDraft, match="four backticks"):
        read_answer(text)


@pytest.mark.parametrize(
    "content",
    [
        "// a.js\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n",
        "x\n<<<<<<< ORIGINAL\nx\n=======\ny\n>>>>>>> UPDATED\n",
    ],
)
def test_edit_marks_are_never_written_into_a_file(content: str) -> None:
    with pytest.raises(NoDraft, match="edit marks among other text"):
        read_answer(f"a.js\n```js\n{content}```\n")


def test_an_answer_that_stops_in_a_file_is_no_draft() -> None:
    with pytest.raises(NoDraft, match="ends inside the code fence of a.py"):
        read_answer("a.py\n```python\nx = 1\ny = ")


def test_code_without_a_path_is_never_guessed_into_a_file() -> None:
    with pytest.raises(NoDraft, match="no code block says which file it is"):
        read_answer("```python\n# src/a.py\nx = 1\n```\n")


def test_a_package_file_is_a_file_for_all_its_braces() -> None:
    text = 'package.json\n```json\n{"name": "x", "files": ["dist"]}\n```\n'
    assert read_answer(text).edits == (
        WholeFile("package.json", '{"name": "x", "files": ["dist"]}\n'),
    )


def test_an_empty_fence_is_an_empty_file() -> None:
    assert read_answer("src/__init__.py\n```python\n```\n").edits == (
        WholeFile("src/__init__.py", ""),
    )


def test_line_ends_of_the_whole_answer_are_none_of_a_file() -> None:
    text = "I made it:\n\na.py\n```python\nx\ny\n```\n"
    for answer in (text, text.replace("\n", "\r\n"), f"\ufeff{text}"):
        draft = read_answer(answer)
        assert draft.edits == (WholeFile("a.py", "x\ny\n"),)
        assert draft.summary == "I made it:"
