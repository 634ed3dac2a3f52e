"""From Anthropic Messages to Chat Completions and back, as pure values.

The same request for the same model always gives the same bytes: the server's prompt
cache lives on it.
"""
