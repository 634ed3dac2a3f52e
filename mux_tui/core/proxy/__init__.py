"""Claude Code on the local model: Anthropic Messages in, Chat Completions out.

`translate` is pure: a request and a model's traits in, bodies and events out. `service`
decides, asks and records; `server` speaks HTTP; `relay` passes on to the real API.
"""
