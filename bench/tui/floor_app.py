"""The smallest Textual app: the floor for how soon anything can be painted."""

import argparse

from textual.app import App, ComposeResult
from textual.widgets import Static


class FloorApp(App[None]):
    """Shows one line."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("READY the smallest application has painted its first frame. " * 2)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    FloorApp().run()
