"""What a model on this machine gets to see of a project, within its budget.

| module      | does                                                             |
|-------------|------------------------------------------------------------------|
| `facts`     | what is asked, what there is, what was chosen and what was not    |
| `gather`    | chooses, and writes it down                                      |
| `mentions`  | finds the project's files in a task and in a program's output     |
| `symbols`   | the top-level names of a source file                             |
| `ranking`   | which files a task most likely means                             |
| `outline`   | the map: every file, with its top-level names                    |
| `fenced`    | foreign text in marks that nothing in it can imitate              |
| `excerpt`   | the part of a file that is worth showing when the whole is not    |
| `sources`   | the files of a scratch copy, read without following links         |
| `prompting` | how a model is asked for an answer that can be read               |

Everything but `sources` is values in, values out.
"""

from mux_tui.core.workspace.context.facts import (
    Context,
    Included,
    NotIncluded,
    Question,
    Sources,
)
from mux_tui.core.workspace.context.gather import gather
from mux_tui.core.workspace.context.sources import sources_of

__all__ = [
    "Context",
    "Included",
    "NotIncluded",
    "Question",
    "Sources",
    "gather",
    "sources_of",
]
