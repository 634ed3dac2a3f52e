"""The ledger: every task, what was decided, tried and concluded, in one SQLite file.

| who                 | what it knows                                                 |
|---------------------|---------------------------------------------------------------|
| `place`             | where the ledger is                                           |
| `run_id`            | nothing of the database: the names of runs                    |
| `owner`             | which process a running row belongs to                        |
| `encode`            | facts into columns, and which column OpenTelemetry calls what |
| `work_columns`      | file work into columns, and into rows of its own              |
| `rows`              | columns into facts again                                      |
| `migrations`        | the tables, and how an older file becomes a newer one         |
| `prepare`           | making an open file fit for work                              |
| `file`              | the file on disk: its place, its mode, whether it was swapped  |
| `lock`              | writing and checkpointing by one process at a time            |
| `connection`        | a connection that cannot keep the program from ending         |
| `faults`            | what SQLite's errors mean for the user                        |
| `writer`            | the one task that writes                                      |
| `queries`           | reading                                                       |
| `query`             | what somebody wants to see, as facts                          |
| `query_parse`       | a query as it is typed                                        |
| `moments`           | times as they are typed                                       |
| `where`             | a query in SQL, and the way to its rows that costs least      |
| `selection`         | reading the rows of a query in steps that are never long      |
| `listing`           | the rows of a query by number, also among a million           |
| `statistics`        | what many runs add up to                                      |
| `statistics_reading`| reading what statistics are made of                           |
| `search`            | `Ledger.search`: all of that in one place                     |
| `store`             | `open_ledger` and `Ledger`: what the rest of mux uses         |
| `recorder`          | recording that never stops a task                             |
| `exchanges`         | requests through the proxy: columns, rows, pages              |
| `exchange_recorder` | recording requests without holding one up                     |
| `exchange`          | export as JSON Lines                                          |
| `tabular`           | export as CSV and as Markdown                                 |
| `export`            | the forms of an export, run by run                            |
| `export_file`       | an export in a file, whole or not at all                      |
| `parquet`           | export as Parquet, an extra                                   |
| `integrity`         | a look at a ledger without opening it for work                |
| `keeping`           | `Ledger.keeping`: what happens to a ledger over the years     |
| `retention`         | deleting old runs and requests                                |
| `backup`            | a copy, while others write                                    |
| `foreign_line`      | one line of somebody else's ledger                            |
| `own_line`          | the same, of an export of ours                                |
| `prior_line`        | the same, of an older `run_ledger.jsonl`                      |
| `importing`         | adding such runs, in bounded memory and once                  |
| `saving`            | what the local model has saved, and against what              |
| `salvage`           | reading a damaged table                                       |
| `repair`            | a new ledger out of what can be read of a damaged one         |
"""
