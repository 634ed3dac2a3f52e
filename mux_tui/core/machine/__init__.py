"""This machine and the models on it, put together: what runs here, and how well.

| module      | holds                                                        |
|-------------|--------------------------------------------------------------|
| `commands`  | the probes' commands, run                                     |
| `facts`     | what does not change: chip, memory, bandwidth, …              |
| `capacity`  | what this machine, or another one, has to offer a model       |
| `installed` | the models on this machine's disk                             |
| `named`     | one of them by the name that a person gives it                |
| `overview`  | catalogue, disk, server and measurements in one table         |
| `measured`  | how fast models were seen to be here                          |
| `advice`    | which model to take, and what else there is                  |
| `choice`    | making a model on disk the one that is served                 |
| `gpu`       | GPU use and power, while `macmon` is watched                  |
| `report`    | all of it as text, to be pasted                               |
| `service`   | `Machine`: all of this, as a screen asks for it               |
"""
