"""Models worth running here, and whether they fit: values in, values out.

| module        | holds                                                         |
|---------------|---------------------------------------------------------------|
| `models.toml` | the models that mux knows, each number with its source         |
| `model`       | one model: its size, its shape, what its context costs         |
| `table`       | the shipped table and the user's, checked                      |
| `check`       | what an entry must look like                                   |
| `check_lists` | the same, for scores and measured speeds                       |
| `sizes`       | bytes and tokens as words                                      |
| `capacity`    | what a machine has to offer: budget, bandwidth, arithmetic     |
| `fit`         | does a model fit, and with how much context                    |
| `speed`       | how fast it will be, estimated                                 |
| `recommend`   | which one to take, and why                                     |
| `elsewhere`   | what another server than MLX's could run here                  |
| `bar`         | a model's memory as a bar                                      |
"""
