"""The MCP server: mux as a tool of other agents, over standard input and output.

| module        | does                                                              |
|---------------|-------------------------------------------------------------------|
| `serve`       | opens the server, and closes it whatever ends it                   |
| `server`      | answers the protocol's requests: tools, resources, prompts         |
| `tools`       | what a client can call, and with which arguments                   |
| `arguments`   | the arguments, checked; nothing in them is ignored                 |
| `ordering`    | from arguments to a task: directory, files, commands, permission   |
| `jobs`        | tasks under way, whether or not a call waits for them              |
| `attending`   | waiting for a job: progress, questions, and only so long           |
| `call`        | one call of the client, and the way to speak with it meanwhile     |
| `results`     | what a call gives back, as documents with schemas                  |
| `telling`     | from a run's events to one sentence on where it is                 |
| `questions`   | what a person has to say yes to                                    |
| `engines`     | one engine for each set of settings                                |
| `proof`       | a caller's commands, run where they can do no harm                 |
| `lookout`     | doctor and health                                                  |
| `resources`   | recorded runs, to be read                                          |
| `prompts`     | ready-made orders to the client's model                            |
| `wire`        | standard input and output as streams of messages                   |
| `message`     | one line as a message, or as the error that answers it             |
| `lines`       | bytes cut into lines, none of them too long                        |

The one floor that imports the `mcp` SDK.
"""
