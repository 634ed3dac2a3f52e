"""The model server that mux starts: launching, proving, adopting and ending it.

| module           | holds                                                          |
|------------------|----------------------------------------------------------------|
| `lifecycle`      | `ModelServer`: status, start, adopt, stop, restart              |
| `running`        | a server that was proved to answer                              |
| `switch`         | from one model to another, and back                             |
| `quiet`          | waiting until nobody is being answered                          |
| `mlx_lm_server`  | the child program; nothing imports it                           |
| `launch`         | port, arguments, variables, and the start itself                |
| `distributed/`   | one model on several machines, through mlx.launch               |
| `memory_guard`   | does the model fit, and how much may it remember?               |
| `out_of_memory`  | has the kernel killed for want of memory?                       |
| `startup`        | from the started process to its first token                     |
| `inspection`     | what the record, the process and its answers say together       |
| `ending`         | signals, and only to what is proved ours                        |
| `record`         | the file that remembers the running server                      |
| `exit_mark`      | the word a server leaves when it ends on purpose                 |
| `server_log`     | the server's log: kept small, read from its end, explained      |
| `lock`           | one start at a time                                             |
| `model_files`    | the model's directory, before it is loaded                       |
| `shape`          | its catalogue entry, out of its files; `weight_count` counts     |
| `probe`          | is it our server that answers, and does it give a token         |
| `examine`        | what answers at a URL the user gave; `address` reads the URL,    |
|                  | `speed` measures                                                |
"""
