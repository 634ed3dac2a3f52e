"""Which oracles a project has: one module for each family of tools."""
