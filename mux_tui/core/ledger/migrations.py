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


MIGRATIONS: tuple[Migration, ...] = (m001_initial, m002_exchanges)


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
