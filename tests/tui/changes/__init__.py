"""Changes of files on the screen, without a screen."""
