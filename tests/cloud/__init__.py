"""A scripted cloud on loopback: three vendors' protocols, without a model.

The real CLIs talk to it in the end-to-end tests. What it answers is a script, what it
was asked is kept, and everything it says is made here.
"""

from tests.cloud.received import Received
from tests.cloud.script import Answer, Failure, Reply, Silence, ToolCall, Usage
from tests.cloud.server import Cloud, cloud

__all__ = [
    "Answer",
    "Cloud",
    "Failure",
    "Received",
    "Reply",
    "Silence",
    "ToolCall",
    "Usage",
    "cloud",
]
