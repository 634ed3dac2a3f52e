"""What a model is called at a hub, OWNER/NAME, and its directory's names here.

The directory is called as the model without its owner, which is what users see; only
if that name is taken does the owner come before it.
"""

import re
from dataclasses import dataclass

from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line

_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
_ID = re.compile(rf"({_PART})/({_PART})")
_BETWEEN = "--"
"""Between owner and name in a directory's name; hubs allow it in neither."""

_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}")


@dataclass(frozen=True)
class HubName:
    """A model's name, checked: it is safe in a path and in a URL."""

    owner: str
    name: str

    @property
    def id(self) -> str:
        """As hubs write it."""
        return f"{self.owner}/{self.name}"

    @property
    def long(self) -> str:
        """As a directory's name that no other model has."""
        return f"{self.owner}{_BETWEEN}{self.name}"

    @classmethod
    def parse(cls, id: str) -> "HubName":
        """Read OWNER/NAME.

        Raises:
            UsageError: It is not of that form.
        """
        found = _ID.fullmatch(id)
        if found is None or _BETWEEN in id or ".." in id:
            raise UsageError(
                f"no model is called {one_line(id, 100)!r}",
                "a hub's models are called OWNER/NAME",
                "Look at: mux models fit",
            )

        return cls(found[1], found[2])

    @classmethod
    def of_directory(cls, name: str) -> "HubName | None":
        """The model that a long directory name stands for; None: it is none."""
        try:
            return cls.parse(name.replace(_BETWEEN, "/", 1))
        except UsageError:
            return None


def checked_revision(revision: str) -> str:
    """A branch, a tag or a commit, as it was given.

    Raises:
        UsageError: It cannot be one.
    """
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise UsageError(
            f"no revision is called {one_line(revision, 100)!r}",
            "it is the name of a branch or a tag, or a commit",
        )

    return revision
