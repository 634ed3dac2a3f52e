"""What does not work, and what to do about it, with the fixes one key away."""
