"""What the hardware screen is made of: gauges, the server's box, the list of models."""
