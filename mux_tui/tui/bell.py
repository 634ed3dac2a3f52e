"""Telling the terminal itself that something ended, for a user who looks elsewhere.

What is written is made of our own words and of counts, never of foreign text: a
terminal obeys it.
"""

from typing import Literal

from mux_tui.tui.host import Host

News = Literal["done", "failed", "asks"]

_WORDS: dict[News, str] = {
    "done": "a task is done",
    "failed": "a task has failed",
    "asks": "a task asks you something",
}


def ring(app: Host, news: News, running: int = 0) -> None:
    """Ring and notify, where the settings and the user's attention call for it.

    Args:
        app: The cockpit.
        news: What happened.
        running: How many tasks are still under way.
    """
    wanted = app.desk.settings.ui.notify
    if wanted == "off" or (wanted == "unfocused" and app.app_focus):
        return
    app.bell()
    driver = app._driver  # pyright: ignore[reportPrivateUsage]
    if driver is not None:
        more = f", {running:d} running" if running else ""
        driver.write(f"\x1b]9;mux: {_WORDS[news]}{more}\x07")
