"""Words that settings, screens and tasks share: who does a task, when it is written.

Apart from the facts of a task, so that a screen which only shows the words can be
painted before those are loaded.
"""

from typing import Literal

Route = Literal["local", "claude", "codex", "gemini"]
"""Who does a task. `local` is the model on this machine."""

CLOUD_ROUTES: tuple[Route, ...] = ("claude", "codex", "gemini")

RouteChoice = Literal["auto", "local", "claude", "codex", "gemini"]
"""What the user may ask for."""

Apply = Literal["auto", "ask", "never"]
"""When proposed changes are written: as soon as they are proved, after a yes, or not
at all."""
