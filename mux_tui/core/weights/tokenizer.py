"""What a model's own files tell about a prompt: how many tokens, and how many fit.

The files belong to whoever made the model. What cannot be read, or is not what it
should be, gives None: an unknown size is an answer, an error about it is not.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

_TOKENIZER_LIMIT = 128 * 1024 * 1024
_CONFIG_LIMIT = 4 * 1024 * 1024
_WINDOW_LIMIT = 1_000_000_000


def count_tokens(text: str, model_directory: Path) -> int | None:
    """How many tokens `text` is for the model, without its chat template.

    Names of special tokens inside the text count as the tokens they are.

    Args:
        text: Any text; lone surrogates count as `?`.
        model_directory: Holds `tokenizer.json`, which is read once in a process.

    Returns:
        The number of tokens; None when there is no such file, or it cannot be used.
    """
    path = model_directory / "tokenizer.json"
    try:
        # Opening what is no plain file, such as a named pipe, may never return.
        facts = path.stat() if path.is_file() else None
    except OSError:
        return None
    if facts is None or facts.st_size > _TOKENIZER_LIMIT:
        return None

    tokenizer = _loaded(path, facts.st_size, facts.st_mtime_ns)
    if tokenizer is None:
        return None

    clean = text.encode("utf-8", "replace").decode("utf-8")
    try:
        # The fast way leaves out the positions in the text, which nobody asks for.
        (encoding,) = tokenizer.encode_batch_fast([clean], add_special_tokens=False)
    except BaseException as error:
        if not _of_the_library(error):
            raise
        return None

    return len(encoding.ids)


@lru_cache(maxsize=4)
def _loaded(path: Path, size: int, changed: int) -> Any:
    """The tokenizer in `path`; size and time of change make a new file a new entry."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
        # A file may ask to cut or pad what it encodes: that would be another number.
        tokenizer.no_truncation()
        tokenizer.no_padding()
    except BaseException as error:
        if not _of_the_library(error):
            raise
        return None

    return tokenizer


def _of_the_library(error: BaseException) -> bool:
    """Whether the tokenizer library raised it: any Exception, or a panic in its Rust.

    A panic is no Exception, so that programs end on it; here it only means that the
    file cannot be used.
    """
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def context_window(model_directory: Path) -> int | None:
    """How many tokens the model can hold, as its `config.json` tells.

    Models that see as well as read tell it for their text part.

    Returns:
        Tokens; None when the file is not there, or does not tell.
    """
    path = model_directory / "config.json"
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            data = file.read(_CONFIG_LIMIT + 1)
        config: Any = json.loads(data) if len(data) <= _CONFIG_LIMIT else None
    except (OSError, ValueError, RecursionError):
        return None

    if not isinstance(config, dict):
        return None

    found = cast("dict[str, Any]", config)
    return _window(found) or _window(found.get("text_config"))


def _window(section: Any) -> int | None:
    match section:
        case {"max_position_embeddings": int(window)} if (
            not isinstance(window, bool) and 0 < window <= _WINDOW_LIMIT
        ):
            return window
        case _:
            return None
