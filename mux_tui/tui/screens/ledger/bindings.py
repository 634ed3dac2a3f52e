"""The keys of the ledger's screen."""

from mux_tui.tui.keys import key

BINDINGS = (
    key("slash", "filter", "find", "Find runs", id="ledger.find", label="/"),
    key(
        "r",
        "replay",
        "replay",
        "Repeat this run: here, or aside and compared",
        id="ledger.replay",
    ),
    key(
        "R",
        "replays",
        "replay all",
        "Repeat and compare the runs of the query; or look at replays under way",
        id="ledger.replays",
        show=False,
    ),
    key(
        "t",
        "elsewhere",
        "elsewhere",
        "Run this task again on another route",
        id="ledger.elsewhere",
    ),
    key(
        "equals_sign",
        "ask('try')",
        "try",
        "Where these runs would have gone with other settings",
        id="ledger.try",
        label="=",
        show=False,
    ),
    key(
        "U",
        "ask('take_back')",
        "take back",
        "Take back what this run has written to files, or do it again",
        id="ledger.take_back",
    ),
    key(
        "L",
        "ask('label')",
        "label",
        "Label this run good or bad, note something, or take its label away",
        id="ledger.label",
    ),
    key("c", "charts", "charts", "What the runs add up to", id="ledger.charts"),
    key(
        "x",
        "ask('export')",
        "export",
        "Write these runs to a file",
        id="ledger.export",
    ),
    key("y", "copy_id", "copy id", "Copy the run's id", id="ledger.copy_id"),
    key("f", "filters", "filters", "Choose a filter", id="ledger.filters"),
    key(
        "s",
        "save_filter",
        "save filter",
        "Keep this query under a name",
        id="ledger.save_filter",
        show=False,
    ),
    key("escape", "back", "back", "Close one layer", id="ledger.back", show=False),
)
