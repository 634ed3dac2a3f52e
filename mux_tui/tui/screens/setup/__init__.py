"""Setting mux up on a screen: six steps, and nothing is written before the last."""
