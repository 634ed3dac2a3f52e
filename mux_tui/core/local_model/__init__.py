"""The model on this machine: in what state is it, and make it ready.

`managed` is a server that mux starts itself; `served` is any other that speaks Chat
Completions; `pooled` is several of those. All answer the same two questions, so that
nobody above cares which.
"""
