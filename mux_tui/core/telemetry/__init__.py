"""What mux did, told to an OpenTelemetry collector; off unless the settings say so.

Facts are made into spans and measures by pure code, once a task or a request has ended;
a thread of its own sends them. `export` alone imports OpenTelemetry's packages, which
come with `mux-tui[otel]`, and it is imported only in that thread and by the doctor.
"""
