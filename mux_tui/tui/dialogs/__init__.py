"""Small windows over a screen: questions with a few answers."""
