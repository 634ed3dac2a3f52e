"""Names that a file system, or a reader, takes for one another.

Where `Readme` and `README` are one file, writing the one changes the other behind the
user's back; where `é` can be written in two ways, nobody sees which file it is.
"""

import os
import unicodedata
from collections.abc import Iterable


def other_spelling(folder: int, name: str) -> str:
    """Why `name` means, or looks like, an entry that is spelled otherwise.

    Args:
        folder: A descriptor of the directory.
        name: One component.

    Returns:
        One clause; empty: there is no such entry, or nobody may list them.
    """
    found = _inode(folder, name)
    if name.isascii() and (found is None or found != _inode(folder, name.swapcase())):
        return ""
    listing = _names(folder)
    if name in listing:
        return ""
    twin = alike(name, listing, case=found is not None)
    return f"is there already, spelled {twin!a}" if twin else ""


def alike(name: str, names: Iterable[str], case: bool) -> str:
    """The first of `names` that looks like `name`; empty: none.

    Args:
        name: A name that is not among them.
        names: The entries of a directory.
        case: Whether upper and lower case are one, as they are to a file system that
            finds `name` for all that.
    """
    wanted = _folded(name, case)
    return next((other for other in names if _folded(other, case) == wanted), "")


def _inode(folder: int, name: str) -> tuple[int, int] | None:
    try:
        facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except (OSError, UnicodeEncodeError):
        return None

    return facts.st_dev, facts.st_ino


def _names(folder: int) -> list[str]:
    try:
        listed = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    except OSError:
        return []
    try:
        return os.listdir(listed)
    except OSError:
        return []
    finally:
        os.close(listed)


def _folded(name: str, case: bool) -> str:
    composed = unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFC", composed.casefold()) if case else composed
