"""The hostfile: what can be used, and what is said of the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.server import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.model_server.distributed.hosts import Hosts, hosts

HERE = {"ssh": "127.0.0.1", "ips": ["10.0.0.1"]}
THERE = {"ssh": "me@mac-2.local", "ips": ["10.0.0.2"]}


def read(tmp_path: Path, document: Any, **settings: Any) -> Hosts:
    file = tmp_path / "hosts.json"
    text = document if isinstance(document, str) else json.dumps(document)
    file.write_text(text)
    return hosts(Server(hostfile=str(file), **settings))


def refused(tmp_path: Path, document: Any, **settings: Any) -> str:
    with pytest.raises(ServerError) as caught:
        read(tmp_path, document, **settings)
    assert "hosts.json" in str(caught.value)
    return str(caught.value)


def test_without_a_hostfile_every_rank_is_here() -> None:
    assert hosts(Server(ranks=3)) == Hosts(("127.0.0.1",) * 3, "ring")
    assert hosts(Server(ranks=3)).machines == 1
    assert hosts(Server(backend="mpi")).backend == "mpi"


def test_jaccl_has_nothing_to_go_by_without_a_hostfile() -> None:
    with pytest.raises(ServerError, match="no hostfile for the backend jaccl-ring"):
        hosts(Server(backend="jaccl-ring"))


def test_both_forms_of_a_hostfile_are_read(tmp_path: Path) -> None:
    names = ("127.0.0.1", "me@mac-2.local")
    file = tmp_path / "hosts.json"
    assert read(tmp_path, [HERE, THERE]) == Hosts(names, "ring", file)
    whole = {"backend": "mpi", "envs": ["A=b"], "hosts": [HERE, THERE]}
    assert read(tmp_path, whole) == Hosts(names, "mpi", file)
    assert read(tmp_path, whole, backend="ring").backend == "ring"
    assert read(tmp_path, whole).machines == 2


def test_devices_for_jaccl_are_one_for_each_host(tmp_path: Path) -> None:
    good = [
        HERE | {"rdma": [None, "rdma_en2"]},
        THERE | {"rdma": ["rdma_en2", None]},
    ]
    assert read(tmp_path, good, backend="jaccl").backend == "jaccl"
    assert "needs 2" in refused(tmp_path, [HERE, THERE], backend="jaccl")
    turned = [HERE | {"rdma": ["rdma_en2", None]}, good[1]]
    assert "needs null" in refused(tmp_path, turned, backend="jaccl-ring")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[" * 5000, "it is "),
        ("3", "no list of hosts"),
        ({"hosts": 3}, "no list of hosts"),
        ([], "it names 0 hosts"),
        ([HERE], "it names 1 hosts"),
        ([HERE, 3], 'host 1 has no "ssh"'),
        ([HERE, {"ips": ["10.0.0.2"]}], 'host 1 has no "ssh"'),
        ([HERE, {"ssh": "-oProxyCommand=evil"}], 'host 1 has no "ssh"'),
        ([HERE, {"ssh": "a; evil"}], 'host 1 has no "ssh"'),
        ([THERE, HERE], 'has to be "ssh": "127.0.0.1" instead of me@mac-2.local'),
        ([HERE, {"ssh": "b"}], 'host 1 has no "ips", and ring needs one'),
        ([HERE, {"ssh": "b", "ips": ["b.local"]}], 'the "ips" of host 1'),
        ([HERE, {"ssh": "b", "ips": "10.0.0.2"}], 'the "ips" of host 1'),
        ({"backend": "gloo", "hosts": [HERE, THERE]}, "its backend is none of ring"),
        ({"backend": ["ring"], "hosts": [HERE, THERE]}, "its backend is none of"),
        ({"envs": ["A"], "hosts": [HERE, THERE]}, 'its "envs"'),
        ({"envs": "A=b", "hosts": [HERE, THERE]}, 'its "envs"'),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, document: Any, said: str) -> None:
    assert said in refused(tmp_path, document)


def test_a_hostfile_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"no hostfile at .*/none\.json: No such"):
        hosts(Server(hostfile=str(tmp_path / "none.json")))
    with pytest.raises(ServerError, match="Is a directory"):
        hosts(Server(hostfile=str(tmp_path)))
    assert "too large" in refused(tmp_path, " " * (1 << 20) + "[]")
