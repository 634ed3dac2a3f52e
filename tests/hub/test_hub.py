"""The hub is like real ones: the library's own download takes it for one."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from tests.hub.repository import tiny_model
from tests.hub.server import serving

_PROJECT = Path(__file__).resolve().parents[2]
_DOWNLOAD = (
    "import sys, huggingface_hub as hub;"
    "print(hub.snapshot_download(sys.argv[1], allow_patterns=['*.safetensors']))"
)


def test_the_librarys_own_download_works_with_it(tmp_path: Path) -> None:
    model = tiny_model()
    with serving([model]) as hub:
        variables = {
            "HF_ENDPOINT": hub.base_url,
            "HF_HOME": str(tmp_path),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_XET": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", _DOWNLOAD, model.id],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    weights = Path(done.stdout.strip()) / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert digest == model.sha256("model.safetensors")
    assert {one.where for one in hub.asked} == {"hub", "store"}


def test_it_is_a_program_too(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    command = [sys.executable, "-m", "tests.hub", str(tmp_path), "--id", "a/b"]
    with subprocess.Popen(command, cwd=_PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(10) == 0
    assert told["id"] == "a/b"
    assert told["base_url"].startswith("http://127.0.0.1:")
