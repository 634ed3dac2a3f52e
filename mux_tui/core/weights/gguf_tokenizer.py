"""The tokenizer out of a GGUF, as the two files that MLX's loader reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mux_tui.core.errors import WeightsError
from mux_tui.core.weights.llama import required

_CONTROL = 3
_USER_DEFINED = 4


def write_tokenizer(meta: Mapping[str, Any], directory: Path) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json` with the chat template.

    Args:
        meta: The GGUF's keys and values, of the kind `llama.check_supported` lets by.
        directory: Where to write.

    Raises:
        WeightsError: A part is missing or inconsistent.
    """
    tokens = required(meta, "tokenizer.ggml.tokens")
    built = _byte_pair_tokenizer(
        tokens,
        required(meta, "tokenizer.ggml.merges"),
        required(meta, "tokenizer.ggml.token_type"),
    )
    built.save(str(directory / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": required(meta, "llama.context_length"),
        **_named_tokens(meta, tokens),
        "chat_template": required(meta, "tokenizer.chat_template"),
    }
    (directory / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))


def _byte_pair_tokenizer(tokens: list[str], merges: list[str], kinds: list[int]) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    vocabulary = {token: number for number, token in enumerate(tokens)}
    pairs = [_pair(merge) for merge in merges]
    tokenizer: Any = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    # What llama.cpp calls "smollm": single digits, then GPT-2's split into words.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    for token, kind in zip(tokens, kinds, strict=True):
        if kind == _CONTROL:
            tokenizer.add_special_tokens(
                [AddedToken(token, special=True, normalized=False)]
            )
        elif kind == _USER_DEFINED:
            tokenizer.add_tokens([AddedToken(token, normalized=False)])

    return tokenizer


def _pair(merge: str) -> tuple[str, str]:
    match merge.split(" "):
        case [left, right]:
            return left, right
        case _:
            raise WeightsError("cannot convert this model", "its merges are not pairs")


def _named_tokens(meta: Mapping[str, Any], tokens: list[str]) -> dict[str, str]:
    ids = {
        name: meta.get(f"tokenizer.ggml.{key}_token_id")
        for name, key in (
            ("bos_token", "bos"),
            ("eos_token", "eos"),
            ("pad_token", "padding"),
            ("unk_token", "unknown"),
        )
    }
    return {
        name: tokens[number]
        for name, number in ids.items()
        if number is not None and number < len(tokens)
    }
