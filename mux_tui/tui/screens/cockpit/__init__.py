"""The cockpit: tasks, decisions, answers."""
