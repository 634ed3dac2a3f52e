"""The part of a window that scrolls when there is more than fits."""

from textual.containers import VerticalScroll


class WindowScroll(VerticalScroll):
    """As high as its content, up to most of the screen."""

    DEFAULT_CSS = """
    WindowScroll {
        width: 84;
        max-width: 80vw;
        height: auto;
        max-height: 66vh;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """
