"""The last request as a curl command, on the clipboard."""

import asyncio

from mux_tui.core.errors import MuxError
from mux_tui.core.proxy.watch.row import Row
from mux_tui.tui.host import Host


async def copy_curl(app: Host, url: str, chosen: Row | None) -> None:
    """Copy it, and say which request it is.

    Args:
        app: Whose clipboard it is.
        url: Where the proxy answers; empty: it does not.
        chosen: The request under the cursor.
    """
    from mux_tui.core.proxy.curl import curl_command, kept_request

    desk = app.desk
    try:
        kept = await asyncio.to_thread(kept_request, desk.environment.paths)
    except MuxError as error:
        app.tell_error(error)
        return

    where = url or f"http://127.0.0.1:{desk.settings.proxy.port}"
    app.copy_to_clipboard(curl_command(kept, where))
    same = chosen is None or chosen.id == kept.id
    which = "" if same else " (only the last request is kept, not the one chosen)"
    app.tell(f"Copied the last request as a curl command, without the token{which}")
