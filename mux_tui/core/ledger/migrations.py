"""The tables, and how an older file becomes a newer one.

Each change of the schema is a function: its number is its place in `MIGRATIONS`, its
name is written to the table `migrations` of every file it was applied to. A function
that has been released is never changed again. `user_version` counts those applied.

Columns are named after OpenTelemetry's GenAI conventions where these have a name,
with dots as underscores; `encode.CONVENTIONS` gives the names back.
"""

from collections.abc import Callable, Sequence

APPLICATION_ID = 0x6D757831
"""Marks an SQLite file as mux's, in its header."""

Migration = Callable[[], tuple[str, ...]]


_M001 = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        started_at REAL NOT NULL,
        ended_at REAL,
        duration REAL,
        door TEXT NOT NULL,
        cwd TEXT NOT NULL,
        repository TEXT,
        task TEXT,
        task_length INTEGER NOT NULL,
        kind TEXT,
        verify TEXT,
        time_limit REAL,
        route_requested TEXT NOT NULL,
        decided_route TEXT,
        decided_reason TEXT,
        decision TEXT,
        status TEXT NOT NULL,
        reason TEXT,
        sentence TEXT,
        next_step TEXT,
        route TEXT,
        backend TEXT,
        gen_ai_response_model TEXT,
        confidence REAL,
        verdict TEXT,
        verdict_summary TEXT,
        retries INTEGER,
        gen_ai_usage_input_tokens INTEGER,
        gen_ai_usage_output_tokens INTEGER,
        gen_ai_usage_cache_read_input_tokens INTEGER,
        reasoning_tokens INTEGER,
        cost_usd REAL,
        output TEXT,
        output_length INTEGER,
        files TEXT,
        mux_version TEXT NOT NULL,
        owner_pid INTEGER NOT NULL,
        owner_started REAL NOT NULL
    )
    """,
    "CREATE INDEX runs_by_route ON runs (route, id)",
    "CREATE INDEX runs_by_status ON runs (status, id)",
    """
    CREATE TABLE attempts (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        route TEXT NOT NULL,
        backend TEXT NOT NULL,
        gen_ai_request_model TEXT,
        gen_ai_response_model TEXT,
        gen_ai_response_finish_reasons TEXT,
        gen_ai_response_time_to_first_chunk REAL,
        gen_ai_conversation_id TEXT,
        gen_ai_usage_input_tokens INTEGER,
        gen_ai_usage_output_tokens INTEGER,
        gen_ai_usage_cache_read_input_tokens INTEGER,
        reasoning_tokens INTEGER,
        cost_usd REAL,
        duration REAL,
        confidence REAL,
        factors TEXT,
        verdict TEXT,
        verdict_summary TEXT,
        checks TEXT,
        fault TEXT,
        error TEXT,
        notes TEXT,
        output TEXT,
        output_length INTEGER,
        UNIQUE (run, number)
    )
    """,
)


def m001_initial() -> tuple[str, ...]:
    """Runs, and their attempts as children."""
    return _M001


_M002 = (
    """
    CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY,
        exchange_id TEXT NOT NULL UNIQUE,
        started_at REAL NOT NULL,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        gen_ai_conversation_id TEXT,
        gen_ai_agent_id TEXT,
        gen_ai_request_model TEXT,
        gen_ai_response_model TEXT,
        streamed INTEGER NOT NULL,
        route TEXT NOT NULL,
        reason TEXT NOT NULL,
        sentence TEXT,
        bytes_in INTEGER NOT NULL,
        bytes_sent INTEGER NOT NULL,
        cuts TEXT,
        tokens_sent INTEGER,
        gen_ai_usage_input_tokens INTEGER,
        gen_ai_usage_cache_read_input_tokens INTEGER,
        gen_ai_usage_output_tokens INTEGER,
        gen_ai_response_time_to_first_chunk REAL,
        duration REAL NOT NULL,
        gen_ai_response_finish_reasons TEXT,
        tool_calls INTEGER NOT NULL,
        repairs INTEGER NOT NULL,
        prefix_break TEXT,
        http_status INTEGER NOT NULL,
        error TEXT,
        notes TEXT,
        mux_version TEXT NOT NULL,
        owner_pid INTEGER NOT NULL,
        owner_started REAL NOT NULL
    )
    """,
    "CREATE INDEX exchanges_by_session ON exchanges (gen_ai_conversation_id, id)",
    "CREATE INDEX exchanges_by_status ON exchanges (status, id)",
)


def m002_exchanges() -> tuple[str, ...]:
    """Requests through the proxy: sizes and counts, and none of their words."""
    return _M002


_FACETS = (
    *("id", "started_at", "status", "route", "route_requested", "decided_route"),
    *("reason", "verdict", "door", "kind", "confidence", "duration", "cost_usd"),
    *("gen_ai_usage_input_tokens", "gen_ai_usage_output_tokens", "retries"),
    *("gen_ai_response_model", "repository", "cwd"),
)

_FORGET = (
    "INSERT INTO runs_text (runs_text, rowid, task, output)"
    " VALUES ('delete', old.id, old.task, old.output)"
)
_LEARN = (
    "INSERT INTO runs_text (rowid, task, output) VALUES (new.id, new.task, new.output)"
)

_M003 = (
    "CREATE INDEX runs_by_start ON runs (started_at, id)",
    f"CREATE INDEX runs_facets ON runs ({', '.join(_FACETS)})",
    """
    CREATE VIRTUAL TABLE runs_text USING fts5 (
        task, output,
        content = 'runs', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4'
    )
    """,
    f"""
    CREATE TRIGGER runs_text_insert AFTER INSERT ON runs
    WHEN new.task IS NOT NULL OR new.output IS NOT NULL
    BEGIN {_LEARN}; END
    """,
    f"""
    CREATE TRIGGER runs_text_update AFTER UPDATE OF task, output ON runs
    WHEN old.task IS NOT new.task OR old.output IS NOT new.output
    BEGIN {_FORGET}; {_LEARN}; END
    """,
    f"CREATE TRIGGER runs_text_delete AFTER DELETE ON runs BEGIN {_FORGET}; END",
    "INSERT INTO runs_text (runs_text) VALUES ('rebuild')",
)


def m003_search() -> tuple[str, ...]:
    """Words of tasks and answers, and a narrow copy of what queries speak of."""
    return _M003


_WORK_OF_RUNS = (
    *("applied INTEGER", "taken_back_at REAL", "lines_added INTEGER"),
    *("lines_removed INTEGER", "oracle TEXT", "patch TEXT", "refused TEXT"),
    "commands TEXT",
)

_M004 = (
    *(f"ALTER TABLE runs ADD COLUMN {column}" for column in _WORK_OF_RUNS),
    "ALTER TABLE attempts ADD COLUMN work TEXT",
    "ALTER TABLE attempts ADD COLUMN patch TEXT",
    """
    CREATE TABLE files (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        path TEXT NOT NULL,
        kind TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        added INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        hunks INTEGER NOT NULL,
        kept INTEGER,
        executable INTEGER NOT NULL,
        confidence REAL NOT NULL,
        note TEXT,
        UNIQUE (run, number)
    )
    """,
    """
    CREATE TABLE findings (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        text TEXT,
        path TEXT,
        line INTEGER,
        fixed INTEGER,
        note TEXT,
        UNIQUE (run, number)
    )
    """,
    "DROP INDEX runs_facets",
    f"CREATE INDEX runs_facets ON runs ({', '.join((*_FACETS, 'applied'))})",
)


def m004_file_work() -> tuple[str, ...]:
    """What file work leaves: files with their digests, findings, patches."""
    return _M004


_ASKED_LATER = ("gen_ai_usage_cache_read_input_tokens", "applied", "label")

_M005 = (
    "ALTER TABLE runs ADD COLUMN label TEXT",
    "ALTER TABLE runs ADD COLUMN label_text TEXT",
    "ALTER TABLE runs ADD COLUMN labelled_at REAL",
    "ALTER TABLE runs ADD COLUMN imported TEXT",
    "ALTER TABLE runs ADD COLUMN import_key TEXT",
    "CREATE INDEX runs_by_label ON runs (label, id) WHERE label IS NOT NULL",
    "CREATE UNIQUE INDEX runs_by_import ON runs (import_key)"
    " WHERE import_key IS NOT NULL",
    "CREATE TABLE upkeep (name TEXT PRIMARY KEY, done_at REAL NOT NULL)",
    "CREATE INDEX exchanges_by_start ON exchanges (started_at, id)",
    "DROP INDEX runs_facets",
    f"CREATE INDEX runs_facets ON runs ({', '.join((*_FACETS, *_ASKED_LATER))})",
    # The search counts its rows: one that it never learned cannot be deleted from it.
    "DROP TRIGGER runs_text_insert",
    f"CREATE TRIGGER runs_text_insert AFTER INSERT ON runs BEGIN {_LEARN}; END",
    "INSERT INTO runs_text (rowid, task, output) SELECT id, task, output FROM runs"
    " WHERE task IS NULL AND output IS NULL"
    " AND id NOT IN (SELECT id FROM runs_text_docsize)",
)


def m005_keeping() -> tuple[str, ...]:
    """Labels, what came from elsewhere, and when old rows were last deleted."""
    return _M005


_M006 = (
    "ALTER TABLE runs ADD COLUMN replay_of TEXT",
    "CREATE INDEX runs_by_replay ON runs (replay_of, id) WHERE replay_of IS NOT NULL",
    "DROP INDEX runs_facets",
    "CREATE INDEX runs_facets ON runs"
    f" ({', '.join((*_FACETS, *_ASKED_LATER, 'replay_of'))})",
)


def m006_replays() -> tuple[str, ...]:
    """Which run a run repeats."""
    return _M006


MIGRATIONS: tuple[Migration, ...] = (
    m001_initial,
    m002_exchanges,
    m003_search,
    m004_file_work,
    m005_keeping,
    m006_replays,
)


def statements(done: int, migrations: Sequence[Migration]) -> tuple[str, ...]:
    """The SQL that brings a file with `done` migrations up to date.

    To be run in one transaction: either all of it happens, or nothing.
    """
    if done >= len(migrations):
        return ()

    sql: list[str] = []
    if done == 0:
        sql.append(
            "CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at REAL NOT NULL)"
        )
        sql.append(f"PRAGMA application_id = {APPLICATION_ID}")
    for migration in migrations[done:]:
        sql.extend(migration())
        sql.append(
            f"INSERT INTO migrations VALUES ('{migration.__name__}',"
            " (julianday('now') - 2440587.5) * 86400)"
        )
    sql.append(f"PRAGMA user_version = {len(migrations)}")
    return tuple(sql)
