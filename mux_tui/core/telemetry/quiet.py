"""The libraries' own log, kept off our streams: stdout may be a protocol.

To be called before OpenTelemetry is imported: that alone can log a traceback.
"""

import logging


def hush() -> None:
    """Let what the libraries log go nowhere."""
    for name in ("opentelemetry", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
