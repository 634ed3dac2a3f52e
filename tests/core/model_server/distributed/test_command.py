"""The launcher's command line, what it depends on, and what the log tells later."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.server import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.distributed.command import free_ports
from mux_tui.core.model_server.distributed.division import check_division
from mux_tui.core.model_server.distributed.fallen import fallen_rank
from mux_tui.core.model_server.distributed.hosts import Hosts
from mux_tui.core.model_server.launch import Launch, plan

MODEL = Path("/models/a")
MARK = Path("/state/server.exit")


def planned(**settings: Any) -> Launch:
    facts = Server(launcher="mlx.launch", openblas=False, **settings)
    variables = {"PATH": "/bin", "MLX_METAL_FAST_SYNCH": "1", "HF_TOKEN": "secret"}
    return plan(("p", "q"), MODEL, facts, Environment(variables))


def test_the_launcher_gets_its_flags_and_each_rank_the_servers() -> None:
    launch = planned(ranks=3, parallel="pipeline")
    crowd = Hosts(("127.0.0.1",) * 3, "ring")
    argv = launch.argv("token", 4000, MARK, crowd)
    end = argv.index("--")
    assert argv[0].endswith("python") or "python" in Path(argv[0]).name
    assert Path(argv[2]).name == "mlx_launch.py"
    assert Path(argv[2]).is_file()
    ours = dict(zip(argv[3:end:2], argv[4:end:2], strict=True))
    assert ours.pop("--starting-port").isdigit()
    assert ours == {
        "--mux-instance": "token",
        "--mux-exit-mark": str(MARK),
        "--mux-log-limit": "16777216",
        "--backend": "ring",
        "-n": "3",
    }
    rank = argv[end + 1 :]
    assert rank[:7] == (
        *("p", "q", "--mux-instance", "token", "--mux-ranks", "3"),
        "--pipeline",
    )
    # Only the launcher leaves word of an end.
    assert "--mux-exit-mark" not in rank
    assert rank[rank.index("--port") + 1] == "4000"


def test_other_machines_see_mlxs_variables_and_no_secret() -> None:
    crowd = Hosts(("127.0.0.1", "b"), "jaccl", Path("/h.json"))
    argv = planned().argv("token", 4000, MARK, crowd)
    sent = [argv[n + 1] for n, word in enumerate(argv) if word == "--env"]
    assert sorted(sent) == [
        "HF_HUB_OFFLINE=1",
        "MLX_METAL_FAST_SYNCH=1",
        "PYTHONUNBUFFERED=1",
    ]
    assert argv[argv.index("--hostfile") + 1] == "/h.json"
    assert "--pipeline" not in argv


def test_everything_about_ranks_is_in_the_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "hosts.json"
    file.write_text("[]")
    launches = [
        plan(("p", "q"), MODEL, Server(openblas=False), Environment({})),
        planned(),
        planned(ranks=3),
        planned(backend="mpi"),
        planned(parallel="pipeline"),
        planned(hostfile=str(file)),
    ]
    prints = [launch.fingerprint for launch in launches]
    assert prints[1] == planned().fingerprint
    file.write_text("[3]")
    assert len({*prints, launches[-1].fingerprint}) == 7


def test_without_a_launcher_ranks_mean_nothing() -> None:
    plain = plan(("p",), MODEL, Server(ranks=9, hostfile="/no"), Environment({}))
    assert plain.crowd() is None
    assert plain.argv("token", 1, MARK)[0] == "p"


def test_heads_that_cannot_be_divided_are_refused_before_a_start(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"num_attention_heads": 9}))
    with pytest.raises(ServerError, match="among 2 ranks: it has 9 attention heads"):
        check_division(tmp_path, Server(), 2)
    check_division(tmp_path, Server(), 3)
    check_division(tmp_path, Server(parallel="pipeline"), 2)
    (tmp_path / "config.json").write_text("{")
    check_division(tmp_path, Server(), 2)


def test_free_ports_follow_each_other() -> None:
    first = free_ports(4)
    assert 1024 < first < 32_768
    for port in range(first, first + 4):
        with socket.create_server(("127.0.0.1", port)):
            pass


def test_only_the_launcher_says_which_rank_has_ended() -> None:
    note = "mux: rank 1 on mac-2.local was ended by signal 9"
    assert fallen_rank(("[0] x", note)) == note.removeprefix("mux: ")
    assert fallen_rank(("[0] " + note, "mux: of rank 1 on b: " + note)) == ""
    assert fallen_rank(()) == ""
