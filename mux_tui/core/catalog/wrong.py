"""Why an entry of a model table cannot be used, and what to write instead."""


class Wrong(ValueError):
    """An entry cannot be used; the message is `why; what to do`."""

    def __init__(self, why: str, next_step: str) -> None:
        """Make one.

        Args:
            why: One clause.
            next_step: What to write instead, as one clause.
        """
        super().__init__(f"{why}; {next_step}")
