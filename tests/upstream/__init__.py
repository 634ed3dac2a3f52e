"""A model server that answers rightly, or wrongly in one chosen way.

It is a real server on a real port: `async with upstream("cut-mid-event") as up` inside
a test, or `python -m tests.upstream --mode cut-mid-event` as a process. Each request
may choose a mode of its own (see `selection`), and leaves a `Record` of what arrived
and how it ended.
"""

from tests.upstream import modes
from tests.upstream.options import Options
from tests.upstream.record import Record
from tests.upstream.registry import MODES
from tests.upstream.server import Upstream, upstream

modes.load()

__all__ = ["MODES", "Options", "Record", "Upstream", "upstream"]
