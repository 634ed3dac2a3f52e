"""Measurements. Each prints ratios and medians of interleaved runs; none is a test."""
