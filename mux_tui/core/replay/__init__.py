"""Stored tasks done again, with another model or route, and compared with what was.

Nothing of it writes into the user's files: a replay works in a copy, in which what the
first run had changed is taken back.

| module        | does                                                               |
|---------------|--------------------------------------------------------------------|
| `subject`     | a stored run as something that can be repeated, or why it cannot    |
| `planning`    | the runs of a query, to be repeated or decided again                |
| `base`        | the copy in which one is repeated                                   |
| `taking_back` | what the first run has changed, taken out of that copy              |
| `serving`     | another model, served for as long as replays last                   |
| `rerunning`   | repeating one after the other, told while it happens                |
| `comparison`  | a run beside its replay, and one word for it                        |
| `policy`      | decisions made again with other settings, asking no model           |
"""
