"""Facts about this machine: processes, memory, libraries.

| module      | tells                                                          |
|-------------|----------------------------------------------------------------|
| `processes` | who a process is, whether it still is, who holds a port         |
| `memory`    | how much memory and disk there is for us                        |
| `openblas`  | where the system's fast matrix library is, and who has loaded it |
"""
