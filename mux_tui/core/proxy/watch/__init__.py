"""Watching a proxy from another process.

`ProxyWatch` finds the proxy, whoever started it, and tells facts; `ProxyBoard` is fed
with them and holds what a panel shows. Watching changes nothing, and ends nothing.
"""
