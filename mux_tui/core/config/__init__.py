"""Settings: what can be set, where each value came from, and saving one.

| who                                     | what                                   |
|-----------------------------------------|----------------------------------------|
| `settings`, `keys`                      | the settings, and facts about each     |
| `environment`                           | the process environment; nobody else   |
| `places`, `toml_file`, `positions`      | which files count, and reading them    |
| `notation`, `check`, `rules`, `urls`    | raw values into typed ones             |
| `variables`, `narrow`, `load`, `origin` | all layers into one `Settings`         |
| `save`, `edit`, `replace`, `template`   | changing the user's file               |
| `manual`, `secrets`                     | showing settings and their meaning     |
"""
