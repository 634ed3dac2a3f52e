"""From a model's answer to files that are changed, and back."""
