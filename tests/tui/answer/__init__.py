"""The answer view."""
