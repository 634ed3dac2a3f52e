"""What a hub of the tests holds: repositories with files, hashed as hubs do."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Content = bytes | Path


@dataclass
class Repository:
    """One model at one commit."""

    id: str
    files: dict[str, Content]
    licence: str = "apache-2.0"
    gated: bool = False
    """Only for those who show the hub's token."""

    branches: tuple[str, ...] = ("main",)
    salt: str = field(default="", repr=False)
    """Another salt is another commit."""

    @property
    def commit(self) -> str:
        """What its branches mean."""
        told = json.dumps([self.id, sorted(self.files), self.salt])
        return hashlib.sha1(told.encode()).hexdigest()

    def listed(self, with_sizes: bool) -> list[dict[str, Any]]:
        """Its files as the hub's list tells them."""
        return [
            {"rfilename": name} | (self._described(name) if with_sizes else {})
            for name in self.files
        ]

    def tree(self) -> list[dict[str, Any]]:
        """The same in the words of the other list that hubs have."""
        return [self._entry(name) for name in self.files]

    def _described(self, name: str) -> dict[str, Any]:
        size = self.size(name)
        told: dict[str, Any] = {"size": size, "blobId": self.blob(name)}
        if is_large(name):
            told["lfs"] = {"sha256": self.sha256(name), "size": size, "pointerSize": 1}
        return told

    def _entry(self, name: str) -> dict[str, Any]:
        size = self.size(name)
        told: dict[str, Any] = {"type": "file", "path": name, "size": size}
        told["oid"] = self.blob(name)
        if is_large(name):
            told["lfs"] = {"oid": self.sha256(name), "size": size, "pointerSize": 1}
        return told

    def size(self, name: str) -> int:
        """Bytes of a file."""
        content = self.files[name]
        return content.stat().st_size if isinstance(content, Path) else len(content)

    def read(self, name: str, start: int = 0) -> bytes:
        """A file's content, from an offset on."""
        content = self.files[name]
        if isinstance(content, bytes):
            return content[start:]
        with content.open("rb") as file:
            file.seek(start)
            return file.read()

    def sha256(self, name: str) -> str:
        """What large files are known by."""
        return hashlib.sha256(self.read(name)).hexdigest()

    def blob(self, name: str) -> str:
        """What small files are known by: their name in git."""
        content = self.read(name)
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def is_large(name: str) -> bool:
    """Whether a file is kept in the hub's store and not in git."""
    return name.endswith((".safetensors", ".bin", ".gguf")) or name == "tokenizer.json"


def tiny_model(id: str = "tiny/Model-4bit", size: int = 300_000) -> Repository:
    """Files of a model in their real layout; the weights are noise of `size` bytes."""
    weights = hashlib.shake_256(id.encode()).digest(size)
    return Repository(
        id,
        {
            ".gitattributes": b"*.safetensors filter=lfs\n",
            "README.md": b"# A model\n",
            "config.json": b'{"model_type": "llama", "max_position_embeddings": 64}\n',
            "generation_config.json": b"{}\n",
            "model.safetensors": weights,
            "model.safetensors.index.json": b'{"metadata": {}, "weight_map": {}}\n',
            "modeling_evil.py": b"import os\n",
            "onnx/model.safetensors": b"elsewhere",
            "pytorch_model.bin": b"\x80\x04pickle",
            "tokenizer.json": b'{"version": "1.0"}\n' * 20,
            "tokenizer_config.json": b"{}\n",
            "chat_template.jinja": b"{{ messages }}\n",
        },
    )


NEEDED = {
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json",
}
"""What of `tiny_model` a model needs."""


def repository_of(directory: Path, id: str) -> Repository:
    """A directory as a repository; its files are read when they are asked for."""
    files: dict[str, Content] = {
        path.name: path for path in sorted(directory.iterdir()) if path.is_file()
    }
    files.pop("installed.json", None)
    return Repository(id, files)
