"""What the proxy costs, against a direct call, a bare relay, and installed peers."""
