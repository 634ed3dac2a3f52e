"""Which environment variables the project's code may see while it is proved.

A list of what is allowed: tests need no key, no token and no agent's socket, and the
code they run may be a model's.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

_PASSED = frozenset(
    {
        "LANG",
        "LANGUAGE",
        "TZ",
        "USER",
        "LOGNAME",
        "JAVA_HOME",
        "GOROOT",
        "RUSTUP_TOOLCHAIN",
        "PYENV_VERSION",
        "DEVELOPER_DIR",
        "SDKROOT",
    }
)
_PASSED_PREFIXES = ("LC_",)

_FIXED = {
    "CI": "1",
    "TERM": "dumb",
    "NO_COLOR": "1",
    "SHELL": "/bin/sh",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8",
    "PIP_NO_INDEX": "1",
    "CARGO_NET_OFFLINE": "true",
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "npm_config_offline": "true",
    "npm_config_update_notifier": "false",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
}

_TOOLS = {
    "CARGO_HOME": ".cargo",
    "RUSTUP_HOME": ".rustup",
    "PYENV_ROOT": ".pyenv",
    "VOLTA_HOME": ".volta",
    "ASDF_DATA_DIR": ".asdf",
    "MISE_DATA_DIR": ".local/share/mise",
    "PYTHONUSERBASE": ".local",
}
"""Where tool chains live, in the user's home, when the user has not said so."""


def tool_environment(
    variables: Mapping[str, str],
    *,
    home: Path,
    private: Path,
    imports: Path | None,
    lent: Sequence[Path],
) -> dict[str, str]:
    """Return the whole environment of an oracle.

    Args:
        variables: Our own environment.
        home: The user's home, where tool chains are.
        private: A directory of the run's own, as the run sees it: its home and its
            temporary files.
        imports: Where Python is to import the project from, before what is installed
            from the user's own tree; None: the copy is seen in that tree's place.
        lent: Virtual environments and node_modules, as the run sees them.
    """
    kept = {
        name: value
        for name, value in variables.items()
        if name in _PASSED or name.startswith(_PASSED_PREFIXES)
    }
    places = {
        name: variables.get(name) or str(home / folder)
        for name, folder in _TOOLS.items()
        if variables.get(name) or (home / folder).is_dir()
    }
    own = {
        "HOME": str(private / "home"),
        "TMPDIR": str(private),
        "XDG_CACHE_HOME": str(private / "cache"),
        "CARGO_TARGET_DIR": str(private / "cargo"),
        "GOCACHE": str(private / "go"),
        "GOMODCACHE": variables.get("GOMODCACHE") or str(home / "go/pkg/mod"),
        "GOPATH": str(private / "gopath"),
        "npm_config_cache": str(private / "npm"),
        "PATH": os.pathsep.join(search_path(variables, lent)),
    }
    if imports is not None:
        own["PYTHONPATH"] = os.pathsep.join([str(imports / "src"), str(imports)])
    environments = [path for path in lent if path.name != "node_modules"]
    if environments:
        own["VIRTUAL_ENV"] = str(environments[0])
    return kept | _FIXED | places | own


def search_path(variables: Mapping[str, str], lent: Sequence[Path]) -> list[str]:
    """The directories that programs are looked for in.

    Relative ones are left out: they would mean places that a change can write to.
    """
    own = [
        str(path / (".bin" if path.name == "node_modules" else "bin")) for path in lent
    ]
    folders = variables.get("PATH", "").split(os.pathsep)
    return [*own, *(folder for folder in folders if os.path.isabs(folder))]
