"""The table of documents and lines; whoever prints or returns a new one adds it."""

import dataclasses
from collections.abc import Iterable
from typing import Any, get_args

from mux_tui.cli.setup_report import SCHEMA as SETUP
from mux_tui.cli.spec import ledger_shapes as ledger
from mux_tui.cli.spec import machine_shapes as machine
from mux_tui.cli.spec import shapes
from mux_tui.cli.spec.documents import Document
from mux_tui.core import events
from mux_tui.core import mcp_documents as told
from mux_tui.core.ledger.importing import Imported
from mux_tui.core.ledger.integrity import Integrity
from mux_tui.core.ledger.rows import RunDetail
from mux_tui.core.ledger.statistics import Statistics
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.model_server.running import Running
from mux_tui.core.proposal import Proposal
from mux_tui.core.proxy.process.status import ProxyStatus
from mux_tui.core.proxy.watch import facts
from mux_tui.core.schema.json_schema import Written
from mux_tui.core.status import Status
from mux_tui.core.task import Decision


def _one(id: str, command: str, *kinds: Any, about: str = "") -> Document:
    return Document(id, tuple(command.split(", ")), kinds, about=about)


def _snake(kind: type) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__)[1:]


def _flat(kind: type) -> tuple[Any, ...]:
    """The classes whose fields an event's line has, as `core.events.as_json` says."""
    if kind is events.Proposed:
        # The contents of files are nowhere.
        return (Proposal, Written(without=("changes",)))
    fields = dataclasses.fields(kind)
    only: Any = fields[0].type if len(fields) == 1 else None
    return (only,) if dataclasses.is_dataclass(only) else (kind,)


def _line(command: str, kind: type, *kinds: Any) -> Document:
    """A line of a stream; `mux.run.text_delta/1` is its id."""
    name = _snake(kind)
    commands = tuple(command.split(", "))
    id = f"mux.{commands[0].replace(' ', '.')}.{name}/1"
    about = " ".join((kind.__doc__ or "").split())
    return Document(id, commands, kinds or _flat(kind), name, False, about)


def _watching() -> Iterable[Document]:
    for kind in get_args(facts.WatchFact):
        if kind is facts.ProxySeen:
            yield _line("proxy watch", kind, ProxyStatus)
        elif kind is facts.ExchangeRecalled:
            yield _line("proxy watch", kind, facts.Exchange, machine.Recalled)
        else:
            yield _line("proxy watch", kind)


_PULLING = (
    Document(
        "mux.models.pull.planned/1",
        ("models pull",),
        (machine.PullPlan, machine.PullFacts),
        "planned",
        stamped=False,
    ),
    _line("models pull", events.Progressed, events.Progressed, machine.PullPace),
    _one("mux.models.pull/1", "models pull", machine.PullEnd, machine.PullFacts),
)

_EXPORTED = Document(
    "mux.ledger.export/4",
    ("ledger export",),
    ledger.RECORD,
    stamped=False,
    about="A run, one a line.",
)


def _over_mcp() -> Iterable[Document]:
    for kind, id in told.IDS.items():
        yield Document(id, ("mcp",), (kind,), over_mcp=True)
    # The fact as it is.
    yield Document(told.RUN_IN_FULL, ("mcp",), (RunDetail,), over_mcp=True)


_CHECKED = (Integrity, ledger.LedgerCheck, Written(without=("schema",)))
"""What it calls its schema is not the document's."""

REGISTRY: tuple[Document, ...] = (
    *(_line("run, demo", kind) for kind in get_args(events.RunEvent)),
    _one("mux.route/1", "route", Decision),
    _one(SETUP, "setup", machine.Setup),
    _one("mux.status/1", "status", Status, shapes.Ready),
    _one("mux.doctor/1", "doctor", shapes.Doctor),
    _one("mux.hardware/1", "hardware", machine.Hardware),
    _one("mux.models.list/1", "models list", machine.ModelsList),
    _one("mux.models.fit/1", "models fit", machine.ModelsFit),
    _one("mux.models.bench/1", "models bench", machine.ModelsBench),
    *_PULLING,
    _one("mux.models.remove/1", "models remove", machine.ModelsRemove),
    _one("mux.themes.list/1", "themes list", shapes.ThemesList),
    _one("mux.themes.check/1", "themes check", shapes.ThemesCheck),
    _one("mux.themes.path/1", "themes path", shapes.ThemesPath),
    _one("mux.server.start/1", "server start", Running),
    _one("mux.server.stop/1", "server stop", machine.ServerStop),
    _one("mux.server.switch/1", "server switch", Running, machine.Setting),
    _one("mux.server.status/1", "server status", ServerStatus),
    _one("mux.server.logs/1", "server logs", machine.ServerLogs),
    _one("mux.proxy.start/1", "proxy start", machine.ProxyStart),
    _one("mux.proxy.stop/1", "proxy stop", machine.ProxyStop),
    _one("mux.proxy.status/1", "proxy status", ProxyStatus),
    Document(
        "mux.proxy.env/1",
        ("proxy env",),
        (dict[str, str],),
        stamped=False,
        about="Variables for Claude Code, by their names.",
    ),
    *_watching(),
    _one("mux.proxy.curl/1", "proxy curl", machine.ProxyCurl),
    _one("mux.mcp.install/1", "mcp", shapes.McpInstall),
    *_over_mcp(),
    _one("mux.ledger.list/4", "ledger list", ledger.LedgerList),
    _one("mux.ledger.show/4", "ledger show", ledger.LedgerShow),
    _one("mux.ledger.undo/1", "ledger undo", ledger.Takeback),
    _one("mux.ledger.redo/1", "ledger redo", ledger.Takeback),
    _one("mux.ledger.search/4", "ledger search", ledger.LedgerSearch),
    _one(
        "mux.ledger.stats/4",
        "ledger stats",
        Statistics,
        ledger.LedgerQuery,
        ledger.LedgerStats,
    ),
    _EXPORTED,
    _one("mux.ledger.replay/1", "ledger replay", ledger.LedgerReplay),
    _one("mux.ledger.replay.decide/1", "ledger replay", ledger.LedgerDecide),
    _one("mux.ledger.requests/1", "ledger requests", ledger.LedgerRequests),
    _one("mux.ledger.label/1", "ledger label, ledger unlabel", ledger.LedgerLabel),
    _one("mux.ledger.import/1", "ledger import", Imported),
    _one("mux.ledger.backup/1", "ledger backup", ledger.LedgerBackup),
    _one("mux.ledger.prune/1", "ledger prune", ledger.LedgerPrune),
    _one("mux.ledger.vacuum/1", "ledger vacuum", ledger.LedgerVacuum),
    _one("mux.ledger.check/1", "ledger check", *_CHECKED),
    _one("mux.ledger.repair/1", "ledger repair", ledger.LedgerRepair, ledger.Salvaged),
    _one("mux.config.path/1", "config path", shapes.ConfigPath),
    _one("mux.config.show/1", "config show", shapes.ConfigShow),
    _one("mux.config.get/1", "config get", shapes.ConfigValue, shapes.ConfigKey),
    _one("mux.config.change/1", "config set, config unset", shapes.ConfigChange),
    _one("mux.config.validate/1", "config validate", shapes.ConfigValidate),
    _one("mux.config.effect/1", "config effect", shapes.ConfigEffect),
    _one("mux.spec/1", "spec", shapes.Spec),
)
