"""One model on several machines: MLX's launcher, its hostfile, and the watch over it.

| module       | holds                                                              |
|--------------|--------------------------------------------------------------------|
| `hosts`      | which machines hold a part: the hostfile, read and checked          |
| `division`   | can the model be divided among so many                              |
| `command`    | the command line of the launcher, around that of the server         |
| `mlx_launch` | the launcher's program; nothing imports it                          |
| `fallen`     | which rank ended, out of the log                                    |
"""
