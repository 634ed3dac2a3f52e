"""What the proxy's screen is made of."""
