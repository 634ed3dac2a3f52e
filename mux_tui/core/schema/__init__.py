"""JSON Schemas of facts: of what is printed, of what tools return, of settings."""
