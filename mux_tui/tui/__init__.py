"""The cockpit: the full-screen shell, and the one importer of Textual."""
