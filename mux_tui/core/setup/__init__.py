"""Setting mux up, in six steps; what stands behind the wizard and `mux setup`.

| module        | holds                                                        |
|---------------|--------------------------------------------------------------|
| `steps`       | the six steps, and the way through them; pure                 |
| `choices`     | what is chosen; pure                                          |
| `facts`       | what the steps find and do                                    |
| `surroundings` | what the wizard looks at besides the settings                |
| `failing`     | a failure, with its ways on                                   |
| `ways`        | the ways on after a failure; pure                             |
| `servers`     | model servers at their usual places on this machine           |
| `offers`      | what can be chosen as the local model                         |
| `fetching`    | step 3: what a download would bring, and bringing it          |
| `proving`     | step 4: start, first token, reply, speed                      |
| `tool_probe`  | does the model call a tool?                                   |
| `context_probe` | does the server read all that is sent?                      |
| `connecting`  | step 5: cloud CLIs, and registering mux in them               |
| `writing`     | step 6: what will be written, shown and then done             |
| `draft`       | choices that outlive a killed wizard                          |
| `traces`      | files of a server that was started in vain                    |
| `looking`     | step 1: this machine, and what runs on it                     |
| `whereabouts` | where a model is, what it is called, what stays               |
| `taking`      | where a way on leads; pure                                    |
| `registering` | the seam to registering mux's MCP server                      |
| `first`       | has mux been set up on this machine?                          |
| `wizard`      | `Wizard`: all of it, as a screen asks for it                  |
| `unattended`  | the wizard driven by itself                                   |

Nothing is written before the last step, except for a download, which is asked for, and
the draft, which goes when the wizard ends.
"""
