"""How quick the cockpit is, in a real terminal."""
