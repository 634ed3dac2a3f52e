"""The protocols of model servers as types and codecs, without any I/O."""
