"""Where `model_server.weight_count` used to be."""

from mux_tui.core.model_server.weight_count import parameters_of

__all__ = ["parameters_of"]
