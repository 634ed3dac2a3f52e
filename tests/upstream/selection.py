"""Which mode answers a request. The first of these that names one, wins:

1. the header `x-fault: MODE`
2. the model `fault:MODE`
3. `[[fault:MODE]]` in any message, which survives a proxy or a screen
4. the server's own sequence, then its mode
"""

import json
import re

from tests.upstream.connection import Arrived
from tests.upstream.registry import MODES

_IN_MESSAGE = re.compile(r"\[\[fault:([\w-]+)\]\]")


def requested_mode(arrived: Arrived) -> str:
    """The mode that the request asks for; empty: none.

    Raises:
        ValueError: There is no such mode.
    """
    model = str(arrived.body.get("model", ""))
    marks = _IN_MESSAGE.findall(json.dumps(arrived.body.get("messages", "")))
    name = arrived.headers.get("x-fault", "")
    if not name and model.startswith("fault:"):
        name = model.removeprefix("fault:")
    name = name or (marks[-1] if marks else "")
    if name and name not in MODES:
        raise ValueError(f"no mode is named {name}")

    return name
