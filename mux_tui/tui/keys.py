"""Making the bindings: each has an id, a word and a sentence.

The id is what `ui.keys` remaps, the word stands in the key line, the sentence in the
help and in the palette.
"""

from textual.binding import Binding

from mux_tui.core.config.ui import Ui


def key(
    keys: str,
    action: str,
    word: str,
    sentence: str,
    *,
    id: str,
    show: bool = True,
    priority: bool = False,
    label: str | None = None,
) -> Binding:
    """A binding.

    Args:
        keys: One key, or several separated by commas.
        action: The action it runs.
        word: One or two words for the key line.
        sentence: What it does, for help and palette; without a full stop.
        id: `AREA.ACTION`, unique in the cockpit.
        show: Whether the key line shows it.
        priority: Whether it works wherever the focus is, also in a text field.
        label: How the key is written; None: as Textual writes it.
    """
    return Binding(
        keys,
        action,
        word,
        show=show,
        key_display=label,
        priority=priority,
        tooltip=sentence,
        id=id,
    )


_SWAPPED = {"task.send": "ctrl+j", "task.newline": "enter"}
"""Who wants Enter to begin a new line sends with the key that did that."""


def keymap(ui: Ui) -> dict[str, str]:
    """The settings as Textual's keymap: binding id to keys; the last word counts."""
    swapped = _SWAPPED if ui.enter == "newline" else {}
    return swapped | dict(pair.split("=", 1) for pair in ui.keys)
