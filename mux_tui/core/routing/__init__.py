"""Text and numbers in, decision out: no I/O, no clock, no state.

| module       | question it answers                                            |
|--------------|----------------------------------------------------------------|
| `features`   | what does a task say about itself?                             |
| `override`   | does its first word name a route?                              |
| `situation`  | what else is known before the first attempt?                   |
| `policy`     | where does the task go, and why?                               |
| `flips`      | what would have sent it elsewhere?                             |
| `confidence` | how far may one answer be trusted?                             |
| `reconsider` | what happens after an attempt?                                 |
| `handoff`    | what is a stronger model told?                                 |
"""
