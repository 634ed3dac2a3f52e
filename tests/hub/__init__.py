"""A small model hub on loopback, laid out as real ones are; it can be told to fail."""
