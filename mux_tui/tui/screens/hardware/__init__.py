"""This machine, its model server, and the models that fit it."""
