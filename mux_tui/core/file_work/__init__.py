"""A task that changes files: drafted, tried in copies, written after a yes.

| module      | does                                                                |
|-------------|---------------------------------------------------------------------|
| `tools`     | what all tasks share: mux's directories, the bench, the archive      |
| `workshop`  | one task's place: its copies, what it asks, what it proves           |
| `asking`    | what the local model is shown, within what it can hold               |
| `failing`   | what failed before anybody changed anything                          |
| `drafting`  | from an answer to changes, or to why it is none                      |
| `proving`   | changes tried in a copy, by everything that can prove them           |
| `upkeep`    | the way back: what was cut off is ended, what is old is forgotten    |
| `review/`   | a cloud CLI reads the diff, the local model works its findings in    |
| `settling`  | changes proposed, approved and written; and when the files moved on  |
"""
