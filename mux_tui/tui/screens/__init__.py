"""One module or room a screen; screens talk to the core, through the desk."""
