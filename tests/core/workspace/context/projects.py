"""Projects as values, for the context to choose from."""

from collections.abc import Mapping

from mux_tui.core.workspace.context import Question, Sources

NONCE = "5f3c9a1be07d4426"

PROJECT = {
    "README.md": "# Shop\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "class Cart: ...\n\n\ndef total_of(cart):\n    return 1\n",
    "src/shop/money.py": "RATE = 2\n\n\ndef to_euro(amount):\n    return amount\n",
    "src/shop/config.py": "def load_settings():\n    return {}\n",
    "tests/test_cart.py": "def test_total():\n    assert total_of(None) == 1\n",
    "tests/test_money.py": "def test_euro():\n    pass\n",
    "web/app.ts": "export function renderCart() {}\n",
    ".env": "TOKEN=hunter2\n",
    "logo.png": "\0PNG",
}


def words(text: str) -> int:
    """A count of tokens that is quick and plain: four characters are one."""
    return (len(text) + 3) // 4


def sources(files: Mapping[str, str | bytes]) -> Sources:
    """A project of these files."""
    contents = {
        path: content if isinstance(content, bytes) else content.encode()
        for path, content in files.items()
    }
    sizes = {path: len(content) for path, content in contents.items()}
    return Sources(sizes, contents.get, ("/tmp/copy/shop", "/home/u/shop"))


def question(task: str, budget: int = 2_000, failing: str = "") -> Question:
    """What is asked; `.env` is a secret."""
    return Question(task, budget, words, lambda path: ".env" in path, NONCE, failing)
