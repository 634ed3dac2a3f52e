"""`mux route`, `status`, `doctor` and `demo`: looking changes nothing."""

import json
from pathlib import Path

from tests.cli.muxing import World, model_server

QUESTION = "What is a context manager?"


def made(world: World) -> list[Path]:
    """The files that this `mux` has made."""
    return [path for path in (world.home / "mux").rglob("*") if path.is_file()]


def test_route_tells_the_decision_with_inputs_and_what_would_flip_it(
    cloudy: World,
) -> None:
    with model_server() as url:
        cloudy.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        text = cloudy.mux("route", "Plan the migration of our store.")
        decision = cloudy.mux("route", "Plan the migration of our store.", "--json")
    assert text.code == 0
    assert text.out.startswith("claude: goes to claude")
    assert "what would change it:" in text.out
    document = decision.document
    assert document["schema"] == "mux.route/1"
    assert (document["route"], document["reason"]) == ("claude", "high_complexity")
    assert {"keywords", "local_model"} <= {
        entry["name"] for entry in document["inputs"]
    }
    assert cloudy.clis
    assert cloudy.clis.calls == []


def test_a_path_in_a_question_is_no_file_work(world: World) -> None:
    asked = world.mux("route", "What does CI/CD mean in /etc/hosts?", "--json").document
    assert asked["kind"] == "advisory"
    ordered = world.mux("route", "What is this?", "--files", "--json").document
    assert ordered["kind"] == "files"


def test_looking_leaves_nothing_behind(world: World) -> None:
    for command in ("status", "doctor"):
        world.mux(command)
        world.mux(command, "--json")
    world.mux("route", QUESTION)
    assert made(world) == []


def test_status_tells_what_a_task_would_meet(cloudy: World) -> None:
    with model_server() as url:
        cloudy.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        cloudy.mux("run", QUESTION)
        ended = cloudy.mux("status", "--json")
        text = cloudy.mux("status").out
    document = ended.document
    assert (ended.code, document["schema"], document["ready"]) == (
        0,
        "mux.status/1",
        True,
    )
    assert document["local"]["status"] == "ready"
    assert document["cloud"] == ["claude", "codex", "gemini"]
    assert document["summary"]["route_counts"] == {"local": 1}
    assert "last run" in text


def test_status_exits_with_3_when_nobody_could_do_a_task(world: World) -> None:
    ended = world.mux("status", "--json")
    assert (ended.code, ended.document["ready"]) == (3, False)


def test_doctor_numbers_what_to_do(world: World) -> None:
    ended = world.mux("doctor")
    assert ended.code == 3
    assert "✗ tasks" in ended.out
    assert "[1]" in ended.out.partition("what to do:")[2]
    assert "mux setup --starter" in ended.out


def test_every_finding_has_the_fields_of_the_schema(cloudy: World) -> None:
    document = cloudy.mux("doctor", "--json").document
    assert document["schema"] == "mux.doctor/1"
    for check in document["checks"]:
        assert check.keys() == {"id", "status", "summary", "detail", "fix", "fixes"}
        for fix in check["fixes"]:
            assert fix.keys() == {"does", "command", "steps"}
        assert check["status"] in ("ok", "note", "warning", "problem")
    wanted = "python config disk model model_server port memory ledger cloud tasks"
    clis = "cli_claude cli_codex cli_gemini"
    assert {*wanted.split(), *clis.split()} <= {
        check["id"] for check in document["checks"]
    }


def test_one_cloud_cli_is_enough(cloudy: World) -> None:
    checks = cloudy.mux("doctor", "--json").document["checks"]
    by_id = {check["id"]: check for check in checks}
    assert by_id["cloud"]["status"] == "ok"
    assert by_id["tasks"]["status"] == "ok"


def test_a_server_that_lists_models_but_gives_no_token_is_found_out(
    world: World,
) -> None:
    with model_server("http-500-text") as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        checks = world.mux("doctor", "--json").document["checks"]
    (server,) = [check for check in checks if check["id"] == "model_server"]
    assert server["status"] == "problem"
    assert "gives no token" in server["summary"]


def test_doctor_works_with_a_broken_config_and_a_damaged_ledger(world: World) -> None:
    config = world.home / "mux" / "config" / "config.toml"
    ledger = world.home / "mux" / "data" / "ledger.db"
    for file in (config, ledger):
        file.parent.mkdir(parents=True)
        file.write_text("this is [ neither")
    checks = world.mux("doctor", "--json").document["checks"]
    by_id = {check["id"]: check for check in checks}
    assert by_id["config"]["status"] == "problem"
    assert by_id["ledger"]["status"] == "problem"
    assert ledger.read_text() == "this is [ neither"


def test_the_demo_shows_a_local_answer_and_an_escalation(world: World) -> None:
    ended = world.mux("demo", "--json")
    outcomes = [event for event in ended.events if event["event"] == "finished"]
    assert [outcome["route"] for outcome in outcomes] == ["local", "claude", "claude"]
    reasons = [outcome["reason"] for outcome in outcomes]
    assert reasons == ["local_preferred", "low_confidence", "high_complexity"]
    assert made(world) == []


def test_the_demo_reads_well_in_a_pipe(world: World) -> None:
    ended = world.mux("demo")
    assert ended.code == 0
    assert len(ended.out.splitlines()) == 3
    assert json.dumps(ended.err).count("\\u001b") == 0


def test_status_counts_runs_in_words(cloudy: World) -> None:
    cloudy.mux("run", "--route", "claude", "x")
    assert "         1 run: claude 1\n" in cloudy.mux("status").out
    cloudy.mux("run", "--route", "claude", "[[cli:crash]] x")
    text = cloudy.mux("status").out
    assert "2 runs: " in text
    assert "unanswered 1" in text
    assert "claude exited with status 1" in text


def test_status_says_how_to_get_a_model(world: World) -> None:
    assert "to have one: mux setup --starter" in world.mux("status").out
