"""Stop sequences, watched for in the text of an answer: servers do not do it right."""

from collections.abc import Iterable


class StopWatcher:
    """Lets text pass up to a stop sequence.

    The sequence that is complete first wins; of two that end at the same place, the
    longer one. Held back is only what could still become a sequence.
    """

    def __init__(self, sequences: Iterable[str]) -> None:
        """Start an answer.

        Args:
            sequences: What to watch for; empty ones mean nothing.
        """
        self.matched = ""
        """The sequence that was found; empty: none yet."""

        self._sequences = [sequence for sequence in sequences if sequence]
        self._held = ""

    def feed(self, text: str) -> str:
        """Take the next piece of text, and return what may be shown."""
        if self.matched or not self._sequences:
            return "" if self.matched else text

        held = self._held + text
        stop = self._stop(held)
        if stop < 0:
            stop = len(held) - max(_overlap(held, s) for s in self._sequences)
            self._held = held[stop:]
        return held[:stop]

    def flush(self) -> str:
        """Say that the text has ended, and return what was held back."""
        held, self._held = self._held, ""
        return held

    def _stop(self, text: str) -> int:
        """Where the sequence begins that ends first; -1: there is none."""
        found = [
            (place + len(sequence), place, sequence)
            for sequence in self._sequences
            if (place := text.find(sequence)) >= 0
        ]
        if not found:
            return -1

        _, place, self.matched = min(found)
        self._held = ""
        return place


def _overlap(text: str, sequence: str) -> int:
    """How many characters at the end of `text` could begin `sequence`."""
    for size in range(min(len(text), len(sequence) - 1), 0, -1):
        if sequence.startswith(text[-size:]):
            return size

    return 0
