"""What the setup shows, step by step."""
