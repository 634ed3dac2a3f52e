"""Names of what programs install, build or cache: never part of a copy.

Only what nobody writes by hand is named. `build`, `dist` and `vendor` may hold source
code, so git's rules alone decide on them.
"""

from fnmatch import fnmatchcase

VERSION_CONTROL = frozenset(
    (".git", ".hg", ".svn", ".bzr", ".jj", ".sl", "_darcs", ".pijul")
)

INSTALLED = frozenset(
    ("node_modules", "bower_components", "jspm_packages", ".venv", ".tox", ".nox")
    + (".bundle", ".dart_tool", ".pnpm-store", "__pypackages__")
)
"""Packages that a project's tests may need."""

CACHES = frozenset(
    ("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
    + (".pytype", ".ipynb_checkpoints", ".eggs", ".gradle", ".next", ".nuxt")
    + (".turbo", ".parcel-cache", ".svelte-kit", ".angular", ".nyc_output")
    + (".terraform", ".direnv", ".ccls-cache", ".zig-cache", "zig-cache")
    + (".sass-cache", ".vite", ".nx", ".dvc-cache", "deriveddata")
)
"""What is made again when it is missing."""

CACHE_MARKER = "CACHEDIR.TAG"
MARKERS = (CACHE_MARKER, "pyvenv.cfg")
"""A directory that holds one of these says itself that it is a cache or installed."""

_LEFTOVERS = (
    ("*.pyc", "*.pyo", ".coverage", ".coverage.*", ".ds_store", "thumbs.db")
    + (".eslintcache", ".stylelintcache", "*.tsbuildinfo", "*.swp", "*~")
    + (".nfs*", "npm-debug.log*", "yarn-error.log")
)


def why_heavy(name: str) -> str:
    """Why a directory with this name is not copied; empty: it is."""
    plain = name.casefold()
    if plain in INSTALLED:
        return "holds installed packages"

    return "is a cache" if plain in CACHES else ""


def is_installed(name: str) -> bool:
    """Whether packages are installed in a directory with this name."""
    return name.casefold() in INSTALLED


def is_version_control(name: str) -> bool:
    """Whether a version control system keeps its own files under this name."""
    return name.casefold() in VERSION_CONTROL


def is_leftover(name: str) -> bool:
    """Whether a file with this name is what a program leaves behind."""
    plain = name.casefold()
    return any(fnmatchcase(plain, pattern) for pattern in _LEFTOVERS)
