"""Themes as facts: what a theme file says, and whether people can read it.

| who         | what                                                    |
|-------------|---------------------------------------------------------|
| `colour`    | colours, mixing them, and their contrast                |
| `roles`     | every colour a theme has, what it is for, its default   |
| `variables` | what else a theme may change of the screen's parts      |
| `theme_file`| one file, checked                                       |
| `find`      | all files of the folders that hold themes               |
| `pairs`     | which colours meet, and how far apart they have to be   |

Nothing here draws: `mux themes` works without a screen.
"""
