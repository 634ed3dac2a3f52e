"""Changing files: from a task to what is written, on real projects."""
