"""Changes of files on the screen: a list of them, and what each does, line by line."""
