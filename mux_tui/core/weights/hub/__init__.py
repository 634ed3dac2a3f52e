"""Downloading a model from a hub, so that it is wholly here or not at all.

| module      | what it is for                                                  |
|-------------|-----------------------------------------------------------------|
| `name`      | what a model is called, and what its directory is called        |
| `selection` | which files of a repository a model needs; what it lacks        |
| `plan`      | exactly what a download would bring: files, sizes, hashes       |
| `look_up`   | asking the hub for a plan                                       |
| `place`     | the directories of what is installed, and of what is on its way |
| `pull`      | carrying a plan out: room, child, marker, one rename            |
| `pace`      | speed and time left                                             |
| `fault`     | what can go wrong, each as one clear error                      |
| `worker`    | starting the child process and reading what it tells            |
| `child`     | the child's program, the one importer of huggingface_hub        |

The hub is spoken to by a child process. It can be ended at once, which a thread cannot;
mux does not pay for the library's import; and the library's settings, which are the
user's variables, hold as they are: `HF_ENDPOINT`, `HF_HOME`, `HF_TOKEN`,
`HF_HUB_OFFLINE`, proxies. A file that broke off is gone on with where it broke: the
library's own downloads begin again with every process.
"""
