"""What a repository holds, asked of the hub: names, sizes and hashes."""

from collections.abc import Iterator
from typing import Any

from huggingface_hub import (
    HfApi,
    constants,
    get_hf_file_metadata,  # pyright: ignore[reportUnknownVariableType]
    hf_hub_url,
)

from mux_tui.core.weights.hub.child.patience import persistently
from mux_tui.core.weights.hub.name import HubName
from mux_tui.core.weights.hub.plan import HubFile, HubPlan
from mux_tui.core.weights.hub.selection import lacking, wanted
from mux_tui.core.wire.documents import as_list, as_text


class NotAModel(Exception):
    """The repository holds no model that mux's server loads."""


class NotAHub(Exception):
    """What answers is not what a hub says."""


def listing(id: str, revision: str, tries: int) -> HubPlan:
    """Ask for a plan.

    Raises:
        NotAModel: With what it lacks.
        NotAHub: The answer makes no sense.
    """
    info = _info(id, revision, tries)
    names = [str(sibling.rfilename) for sibling in info.siblings or ()]
    if why := lacking(names):
        raise NotAModel(why)
    if not info.sha:
        raise NotAHub("it names no commit")

    name, commit = HubName.parse(id), str(info.sha)
    found = sorted(
        _files(info, name.id, commit, tries), key=lambda file: (file.size, file.name)
    )
    return HubPlan(name, revision, commit, tuple(found), _licence(info.card_data))


def _licence(card: Any) -> str:
    told: Any = card.get("license") if card else None
    return ", ".join(map(str, as_list(told))) or as_text(told)


def _info(id: str, revision: str, tries: int) -> Any:
    def ask() -> Any:
        return HfApi().model_info(
            id,
            revision=revision,
            files_metadata=True,
            timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
        )

    try:
        return persistently(ask, tries)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # What the library raises when a page is no answer of a hub's.
        raise NotAHub(type(error).__name__) from error


def _files(info: Any, id: str, commit: str, tries: int) -> Iterator[HubFile]:
    for sibling in info.siblings:
        if not wanted(sibling.rfilename):
            continue
        if sibling.size is None:
            yield _asked(id, sibling.rfilename, commit, tries)
            continue
        sha256 = str(sibling.lfs.sha256) if sibling.lfs else ""
        yield HubFile(
            sibling.rfilename,
            int(sibling.size),
            sha256,
            "" if sha256 else str(sibling.blob_id or ""),
        )


def _asked(id: str, name: str, commit: str, tries: int) -> HubFile:
    """For a mirror whose list tells no sizes: the file itself is asked."""
    url = hf_hub_url(id, name, revision=commit)
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    found = persistently(lambda: get_hf_file_metadata(url, timeout=timeout), tries)
    if found.size is None:
        raise NotAHub(f"it does not tell the size of {name}")

    tag = found.etag or ""
    return HubFile(
        name,
        found.size,
        tag if len(tag) == 64 else "",
        tag if len(tag) == 40 else "",
    )
