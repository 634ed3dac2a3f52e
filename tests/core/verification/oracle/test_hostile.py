"""Code that does not want to be proved, run for real.

Where the machine has a sandbox it must hold; where it has none, the proof must say so
and what mux does by itself must hold all the same.
"""

import asyncio
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.verification.oracle.bench import Bench
from mux_tui.core.verification.oracle.facts import Kind, Limits, Oracle, Proof, Room
from mux_tui.core.verification.oracle.run import prove
from tests.core.verification.oracle.conftest import MakeRoom, planted

_TEXT = {"a": "text"}


def script(text: str, kind: Kind = "command") -> Oracle:
    """An oracle that runs some Python."""
    return Oracle("script", kind, ("python3", "-I", "-c", text), "to be hostile")


async def ran(text: str, room: Room, bench: Bench) -> Proof:
    """Run some Python as an oracle."""
    return await prove(script(text), room, bench)


def refused_or_told(proof: Proof, happened: bool) -> None:
    """Either it was kept from happening, or the proof says that nothing kept it."""
    if proof.sandboxed:
        assert not happened
    else:
        assert "not sandboxed" in proof.sandbox


async def test_a_hundred_megabytes_of_output_are_read_and_dropped(
    room: MakeRoom, bench: Bench
) -> None:
    text = (
        "import os\nlines = (b'x' * 63 + b'\\n') * 16_384\n"
        "for _ in range(100):\n"
        "    left = lines\n"
        "    while left: left = left[os.write(1, left):]\n"
        "os._exit(3)"
    )
    proof = await ran(text, room(_TEXT), bench)

    assert proof.summary == "script: ended with status 3"
    assert len(proof.lines) <= 40


async def test_one_line_of_twenty_megabytes_is_cut(
    room: MakeRoom, bench: Bench
) -> None:
    text = "import sys; sys.stdout.write('y' * 20_000_000); sys.exit(3)"
    proof = await ran(text, room(_TEXT), bench)

    assert proof.summary == "script: ended with status 3"
    assert max(map(len, proof.lines)) <= 300


async def test_escape_sequences_in_names_and_output_are_made_visible(
    room: MakeRoom, bench: Bench
) -> None:
    text = "print('not ok 1 - \\x1b]52;c;evil\\x07\\x9b2J\\u202ename'); exit(1)"
    oracle = replace(script(text, "tests"), reading="tap")
    proof = await prove(oracle, room(_TEXT), bench)

    shown = "".join([proof.summary, *proof.failing, *proof.lines])
    assert proof.status == "fail"
    assert not set(shown) & set("\x1b\x07\x9b\u202e")


async def test_a_daemon_does_not_outlive_its_proof(
    room: MakeRoom, bench: Bench
) -> None:
    at = room(_TEXT)
    text = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        for fd in range(3): os.close(fd)\n"
        "        while True:\n"
        "            open('alive', 'a').write('x'); time.sleep(0.01)\n"
        "    os._exit(0)\n"
        "while not os.path.exists('alive'): time.sleep(0.01)\n"
    )
    proof = await ran(text, at, bench)

    assert proof.status == "pass"
    if sys.platform == "linux":
        beats = (at.scratch / "alive").stat().st_size
        await asyncio.sleep(0.1)
        assert (at.scratch / "alive").stat().st_size == beats


async def test_a_write_outside_of_the_copy_is_refused(
    room: MakeRoom, bench: Bench, tmp_path: Path
) -> None:
    at = room(_TEXT)
    targets = [tmp_path / "evil", at.project / "evil", Path("/var/evil-of-mux-test")]
    text = (
        "import sys\n"
        f"for path in {[str(path) for path in targets]!r}:\n"
        "    try: open(path, 'w').write('x')\n"
        "    except OSError: pass\n"
    )
    proof = await ran(text, at, bench)

    happened = [path for path in targets if path.exists()]
    for path in happened:
        path.unlink()
    refused_or_told(proof, bool(happened))


@pytest.fixture
def server() -> Iterator[tuple[int, list[int]]]:
    """A server on this machine, and who has come to it."""
    came: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, address = listening.accept()
                except OSError:
                    return
                came.append(address[1])
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_the_network_is_out_of_reach(
    room: MakeRoom, bench: Bench, server: tuple[int, list[int]]
) -> None:
    port, came = server
    text = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2).close()"
    proof = await ran(text, room(_TEXT), bench)

    refused_or_told(proof, bool(came))
    assert proof.status == ("fail" if proof.sandboxed else "pass")


async def test_a_socket_in_the_file_system_is_out_of_reach(
    room: MakeRoom, bench: Bench
) -> None:
    # Not under tmp_path: the names of sockets must be short.
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        path = Path(folder) / "s"
        listening.bind(str(path))
        listening.listen()
        text = f"import socket; socket.socket(socket.AF_UNIX).connect({str(path)!r})"
        proof = await ran(text, room(_TEXT), bench)

    assert proof.status == ("fail" if proof.sandboxed else "pass")


async def test_the_users_keys_are_out_of_reach(
    room: MakeRoom, bench: Bench, own_home: Path
) -> None:
    planted(own_home, {".ssh/id_ed25519": "key of a test"})
    key = own_home / ".ssh/id_ed25519"
    text = (
        "import os, sys\n"
        "assert not os.path.exists(os.path.expanduser('~/.ssh')), 'own home'\n"
        f"print(open({str(key)!r}).read())"
    )
    proof = await ran(text, room(_TEXT), bench)

    refused_or_told(proof, proof.status == "pass")
    assert not any("own home" in line for line in proof.lines)


async def test_our_own_state_is_out_of_reach(
    room: MakeRoom, bench: Bench, tmp_path: Path
) -> None:
    state = planted(tmp_path / "state", {"ledger.db": "prompts of a test"})
    hiding = replace(bench, hidden=(state,))
    text = f"print(open({str(state / 'ledger.db')!r}).read())"
    proof = await ran(text, room(_TEXT), hiding)

    refused_or_told(proof, proof.status == "pass")


async def test_other_processes_are_out_of_reach(room: MakeRoom, bench: Bench) -> None:
    text = f"import os; os.kill({os.getpid()}, 0)"
    proof = await ran(text, room(_TEXT), bench)

    refused_or_told(proof, proof.status == "pass")


async def test_killing_its_parent_proves_nothing(room: MakeRoom, bench: Bench) -> None:
    text = (
        "import os, signal, time\n"
        "if os.getppid() != 1 and os.getsid(os.getppid()) == os.getsid(0):\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n"
        "os.kill(0, signal.SIGKILL)\n"
    )
    oracle = Oracle(
        "x", "tests", ("sh", "-c", 'python3 -c "$0"; true', text), "hostile"
    )
    proof = await prove(oracle, room(_TEXT), bench)

    assert proof.status == "unknown"


async def test_a_copy_that_is_deleted_is_no_fault_of_ours(
    room: MakeRoom, bench: Bench
) -> None:
    at = room(_TEXT)
    text = (
        "import os, shutil\n"
        "shutil.rmtree(os.getcwd(), ignore_errors=True)\n"
        "shutil.rmtree(os.environ['TMPDIR'], ignore_errors=True)\n"
        "os._exit(1)"
    )
    proof = await ran(text, at, bench)

    assert proof.status == "fail"
    assert (at.project / "a").read_text() == "text"


@pytest.mark.parametrize("way", ["link", "fifo", "folder", "huge"])
async def test_a_report_that_is_no_plain_file_is_not_read(
    room: MakeRoom, bench: Bench, way: str, tmp_path: Path
) -> None:
    report = "<testsuite><testcase name='forged'/></testsuite>"
    target = tmp_path / "copy-1" / "forged.xml"
    text = (
        "import os, sys\npath = sys.argv[1]\n"
        f"way = {way!r}\n"
        f"if way == 'link': os.symlink({str(target)!r}, path)\n"
        "if way == 'fifo': os.mkfifo(path)\n"
        "if way == 'folder': os.mkdir(path)\n"
        "if way == 'huge': open(path, 'w').truncate(1 << 30)\n"
    )
    oracle = replace(
        script(text, "tests"),
        argv=("python3", "-I", "-c", text, "\0report"),
        reading="junit",
    )
    proof = await prove(oracle, room({"forged.xml": report}), bench)

    assert proof.status == "unknown"
    assert proof.passing == ()


async def test_a_file_may_not_grow_without_end(room: MakeRoom, bench: Bench) -> None:
    small = replace(bench, limits=Limits(seconds=60, file_size=1_000_000))
    text = (
        "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "open('big', 'wb').write(bytes(2_000_000))"
    )
    at = room(_TEXT)
    proof = await ran(text, at, small)

    assert proof.status == "fail"
    assert (at.scratch / "big").stat().st_size <= 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "x = b'x' * 400_000_000; import time; time.sleep(600)",
        "import os, time\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0: break\n"
        "x = b'x' * 80_000_000; time.sleep(600)",
    ],
)
async def test_memory_has_a_limit_for_one_process_and_for_many(
    room: MakeRoom, bench: Bench, text: str
) -> None:
    small = replace(bench, limits=Limits(seconds=60, memory=200_000_000))
    proof = await ran(text, room(_TEXT), small)

    assert proof.status == "unknown"
    assert "of memory" in proof.summary


async def test_address_space_that_is_only_reserved_is_no_memory(
    room: MakeRoom, bench: Bench
) -> None:
    small = replace(bench, limits=Limits(seconds=60, memory=500_000_000))
    text = "import mmap; x = mmap.mmap(-1, 8_000_000_000, flags=mmap.MAP_PRIVATE)"
    proof = await ran(text, room(_TEXT), small)

    assert proof.status == "pass"


async def test_nothing_outlives_mux_when_it_is_killed(
    room: MakeRoom, bench: Bench
) -> None:
    at = room(_TEXT)
    beating = "while true; do echo >> alive; sleep 0.02; done"
    program = (
        "import asyncio\nfrom pathlib import Path\n"
        "from mux_tui.core.verification.oracle.bench import Bench\n"
        "from mux_tui.core.verification.oracle.facts import Oracle, Room\n"
        "from mux_tui.core.verification.oracle.run import prove\n"
        "from mux_tui.core.verification.oracle.sandbox import Sandbox\n"
        f"sandbox = Sandbox({bench.sandbox.kind!r}, {bench.sandbox.program!r})\n"
        f"bench = Bench(sandbox, {dict(bench.variables)!r}, Path({str(bench.home)!r}),"
        f" temporary=Path({str(bench.temporary)!r}))\n"
        f"room = Room(Path({str(at.scratch)!r}), Path({str(at.project)!r}))\n"
        f"oracle = Oracle('x', 'command', ('sh', '-c', {beating!r}), 'hostile')\n"
        "asyncio.run(prove(oracle, room, bench))\n"
    )
    mux = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    alive = at.scratch / "alive"
    # Not at its first beat: our watchdog is told of a child once it runs.
    while not alive.exists() or alive.stat().st_size < 25:
        await asyncio.sleep(0.01)
    mux.kill()
    await mux.wait()

    async with asyncio.timeout(60):
        beats = -1
        while beats != alive.stat().st_size:
            beats = alive.stat().st_size
            await asyncio.sleep(0.2)


async def test_the_number_of_processes_has_a_limit(
    room: MakeRoom, bench: Bench
) -> None:
    few = replace(bench, limits=Limits(seconds=60, processes=20))
    text = (
        "import os, time\n"
        "for _ in range(60):\n"
        "    try:\n"
        "        if os.fork() == 0: time.sleep(600)\n"
        "    except OSError: os._exit(7)\n"
        "time.sleep(600)"
    )
    proof = await ran(text, room(_TEXT), few)

    # As root only we hold it; for others the system does as well.
    assert proof.status in ("unknown", "fail")
    assert "processes" in proof.summary or "status 7" in proof.summary


@pytest.mark.parametrize(
    ("name", "argv", "tree"),
    [
        (
            "conftest",
            ("python3", "-m", "pytest", "-p", "no:anyio"),
            {
                "conftest.py": "open({target!r}, 'w').write('x')",
                "test_a.py": "def test_a(): pass",
            },
        ),
        (
            "package.json",
            ("npm", "test"),
            {"package.json": '{{"scripts": {{"test": "echo x > {target}"}}}}'},
        ),
        ("Makefile", ("make", "test"), {"Makefile": "test:\n\techo x > {target}\n"}),
    ],
)
async def test_a_projects_own_settings_do_not_lead_out(
    room: MakeRoom,
    bench: Bench,
    name: str,
    argv: tuple[str, ...],
    tree: dict[str, str],
    tmp_path: Path,
) -> None:
    target = tmp_path / "escaped"
    planted_tree = {
        path: text.format(target=str(target)) for path, text in tree.items()
    }
    proof = await prove(
        Oracle(name, "tests", argv, "hostile", reading="script"),
        room(planted_tree),
        bench,
    )
    refused_or_told(proof, target.exists())
