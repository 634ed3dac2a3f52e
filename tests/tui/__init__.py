"""The cockpit, on a stage: real screens, real core, scripted models."""
