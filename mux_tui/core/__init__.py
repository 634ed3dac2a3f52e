"""Everything mux does, without a screen and without stdout."""

import sys

# Where rich and click are installed, httpx imports its own command line with them: a
# screen library and a tenth of a second for every headless command. It does without.
sys.modules.setdefault("httpx._main", None)  # pyright: ignore[reportArgumentType]
