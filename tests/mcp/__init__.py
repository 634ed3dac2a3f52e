"""The MCP server, over real standard input and output."""
