"""A real pseudo-terminal for programs under test, with an eye on every byte."""
