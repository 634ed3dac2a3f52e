"""The proxy: Claude Code on the local model, request by request."""
