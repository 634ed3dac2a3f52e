"""The real terminal under the cockpit: written to, read from, and given back."""
