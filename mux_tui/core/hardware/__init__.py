"""Facts about this machine: processes, memory, chip, libraries.

| module      | tells                                                           |
|-------------|-----------------------------------------------------------------|
| `processes` | who a process is, whether it still is, who holds a port          |
| `memory`    | how much memory and disk there is for us                         |
| `openblas`  | where the system's fast matrix library is, and who has loaded it |
| `facts`     | what is known of the machine, each value with its source         |
| `probe`     | the seam: what the probes ask, and what they are answered        |
| `macos`     | facts of a Mac, from its own commands                            |
| `linux`     | facts of a Linux machine, from `/proc` and `/sys`                |
| `nvidia`    | NVIDIA's graphics cards, from their driver's command             |
| `chips`     | what is public about Apple's chips                               |
| `mlx`       | what MLX says of the device it computes on                       |
| `pressure`  | how short memory is, as a word                                   |
| `sample`    | how the machine is at this moment                                |
| `macmon`    | GPU use, power and temperature, where `macmon` tells them        |
"""
