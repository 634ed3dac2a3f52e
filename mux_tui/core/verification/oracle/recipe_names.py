"""Files that decide what a runner of tests runs, by the runner that reads them."""

PYTEST = (
    *("pyproject.toml", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
    *("setup.cfg", "tox.ini"),
)
"""In the directory that pytest is started in."""

PYTHON = (
    *("**/conftest.py", "**/pytest.py", "**/unittest.py", "**/_pytest/*"),
    *("**/.venv/*", "**/site-packages/*"),
)
"""Anywhere. Python runs what has the name of a module before the module itself."""

JAVASCRIPT = (
    *("**/jest.config.*", "**/vitest.config.*", "**/vitest.workspace.*"),
    *("**/vite.config.*", "**/.mocharc*", "**/.babelrc*", "**/babel.config.*"),
    *("**/ava.config.*", "**/karma.conf.*", "**/.taprc", "**/.swcrc"),
    "**/node_modules/*",
)
CARGO = ("**/Cargo.toml", "**/.cargo/config", "**/.cargo/config.toml", "**/build.rs")
MAKE = ("GNUmakefile", "makefile", "Makefile")
"""In the order in which make looks for them: a new one may come before another."""

INCLUDED = ("**/*.mk", "**/*.mak")
