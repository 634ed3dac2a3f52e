"""A second look at changes before they are proposed, by a cloud CLI that sees the diff.

| module       | does                                                             |
|--------------|------------------------------------------------------------------|
| `review`     | one review: read, told, worked in                                |
| `readers`    | who may be asked for it, and the asking                          |
| `findings`   | from a reviewer's answer to what it holds against the changes    |
| `working_in` | the local model is asked about one finding, and judged           |
| `present`    | changes that are there already, as if they were written          |

A review can only add to a task: whatever goes wrong in it is told, and the changes
stay as they were.
"""
