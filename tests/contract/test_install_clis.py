"""Installing the cloud CLIs: exact versions, done once, and clear when it cannot be."""

import re
from pathlib import Path

import pytest

from scripts import install_clis
from scripts.install_clis import COMMANDS, InstallError, Stamp, install, is_complete

NODE = "#!/bin/sh\necho {version} linux-x64\n"


def program(folder: Path, name: str, text: str) -> Path:
    """Make an executable script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_every_cli_is_pinned_to_one_version() -> None:
    pinned = install_clis.pinned()
    assert set(pinned) == set(COMMANDS.values())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in pinned.values())


def test_what_was_installed_for_other_versions_or_machines_is_not_there(
    tmp_path: Path,
) -> None:
    wanted = Stamp({"a": "1.0.0"}, "linux-x64")
    assert not is_complete(tmp_path, wanted)

    for name in COMMANDS:
        program(tmp_path / "node_modules" / ".bin", name, "#!/bin/sh\n")
    (tmp_path / "installed.json").write_text(wanted.text(), encoding="utf-8")
    assert is_complete(tmp_path, wanted)
    assert not is_complete(tmp_path, Stamp({"a": "1.0.1"}, "linux-x64"))
    assert not is_complete(tmp_path, Stamp({"a": "1.0.0"}, "darwin-arm64"))

    (tmp_path / "node_modules" / ".bin" / "codex").unlink()
    assert not is_complete(tmp_path, wanted)


def test_without_node_the_reader_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InstallError, match="Install Node.js 20 or newer"):
        install(tmp_path / "clis")

    program(tmp_path, "node", NODE.format(version="18.20.1"))
    with pytest.raises(InstallError, match=r"18\.20\.1 is too old"):
        install(tmp_path / "clis")


def test_npm_has_the_last_word_when_it_fails_and_nothing_counts_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "node", NODE.format(version="22.1.0"))
    program(tmp_path, "npm", "#!/bin/sh\necho no such registry >&2\nexit 1\n")
    with pytest.raises(InstallError, match=r"(?s)npm install.*no such registry"):
        install(tmp_path / "clis")

    assert not (tmp_path / "clis" / "installed.json").exists()
