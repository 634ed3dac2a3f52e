"""Widgets show values; they ask nobody for anything."""
