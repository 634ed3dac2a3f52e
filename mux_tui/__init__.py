"""mux: a local-first cockpit for coding with models."""

__version__ = "0.1.0"
