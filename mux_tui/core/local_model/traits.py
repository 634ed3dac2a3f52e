"""What a model's own files tell of how it wants to be asked.

The server chooses by the same signs: whether it parses tool calls goes by the text of
the chat template, whether it can reuse a part of a cached prompt by the kind of model.
The files belong to whoever made the model; what cannot be read tells nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.model_server.weight_count import parameters_of
from mux_tui.core.wire.documents import NotJson, as_list, as_object, as_text, parse

_CONFIG_LIMIT = 4 * 1024 * 1024
_TOKENIZER_LIMIT = 64 * 1024 * 1024

TOOL_MARKS: tuple[tuple[str, ...], ...] = (
    ("<minimax:tool_call>",),
    ("<|tool_call>", "<tool_call|>"),
    ("<start_function_call>",),
    ("<longcat_tool_call>",),
    ("<arg_key>",),
    ("<|tool_list_start|>",),
    ("<|tool_call_start|>",),
    ("<tool_call>\\n<function=",),
    ("<tool_call>\n<function=",),
    ("<|tool_calls_section_begin|>",),
    ('<function name="', '<param name="'),
    ("[TOOL_CALLS]",),
    ("<atem:function_calls>",),
    ("<tool_call>", "tool_call.name"),
)
"""mlx_lm.server parses a model's tool calls when all marks of one line stand in its
chat template. Otherwise it ignores the tools of a request."""

_TOOL_TOKENS = (b'"<|tool_call_start|>"', b'"<|tool_call_end|>"')

WHOLE_CACHE = frozenset(
    """
    afmoe bailing_hybrid bailing_moe_linear bailing_moe_v3 baichuan_m1 cohere2
    deepseek_v41 deepseek_v41_text exaone4 exaone_moe falcon_h1 falcon_mamba gear gemma3
    gemma3_text gemma3n gemma4 gemma4_text gemma4_unified gpt_oss granitemoehybrid
    iquestloopcoder jamba kimi_k3 kimi_linear laguna lfm2 lfm2-vl lfm2_moe
    longcat_flash_ngram mamba mamba2 mellum mimo_v2_flash muse_glimmer muse_spark
    nemotron_h olmo3 olmo_hybrid plamo2 plamo3 prism_hadamard_qwen35 qwen3_5 qwen3_5_moe
    qwen3_next recurrent_gemma rwkv7 spark2_5 step3p5
    """.split()
)
"""Kinds of model whose cached prompts can be reused as a whole or not at all: they keep
a running state, or forget what left a sliding window."""

_WINDOWED_LAYERS = frozenset(("sliding_attention", "linear_attention"))

_SEEN_BY_SERVER = frozenset(("muse_spark",))
"""Kinds of model whose images mlx_lm.server takes; all others it answers with 404."""


@dataclass(frozen=True)
class FileTraits:
    """What the files tell; the defaults are what is safe for any model."""

    parameters: float | None = None
    """In billions, counted; None: the files do not tell."""

    native_tools: bool = False
    trimmable_cache: bool = False
    thinking: bool = False
    images: bool = False


def read_traits(directory: Path) -> FileTraits:
    """Read a model's directory; never raises because of what is in it."""
    config = _document(directory / "config.json")
    template = _chat_template(directory)
    return FileTraits(
        parameters_of(directory, config),
        _parses_tools(template, directory),
        _trimmable(config),
        "enable_thinking" in (template or ""),
        _sees(config),
    )


def _parses_tools(template: str | None, directory: Path) -> bool:
    if template and any(all(m in template for m in marks) for marks in TOOL_MARKS):
        return True

    # Some conversions have the tokens without naming them in the template.
    vocabulary = _bytes(directory / "tokenizer.json", _TOKENIZER_LIMIT)
    return all(token in vocabulary for token in _TOOL_TOKENS)


def _chat_template(directory: Path) -> str | None:
    """The template, from the three places where it may be; None: there is none, or
    there are several, among which the server does not choose."""
    plain = _bytes(directory / "chat_template.jinja", _CONFIG_LIMIT)
    if plain:
        return plain.decode("utf-8", "replace")

    for name in ("chat_template.json", "tokenizer_config.json"):
        found = _document(directory / name).get("chat_template")
        if isinstance(found, str) and found:
            return found

    return None


def _trimmable(config: dict[str, Any]) -> bool:
    text = as_object(config.get("text_config"))
    kinds = {as_text(part.get("model_type")) for part in (config, text)} - {""}
    layers = {
        layer
        for part in (config, text)
        for layer in as_list(part.get("layer_types"))
        if isinstance(layer, str)
    }
    return bool(kinds) and not kinds & WHOLE_CACHE and not layers & _WINDOWED_LAYERS


def _sees(config: dict[str, Any]) -> bool:
    kind = as_text(config.get("processor_type")) or as_text(config.get("model_type"))
    return bool(config.get("vision_config")) and kind in _SEEN_BY_SERVER


def _document(path: Path) -> dict[str, Any]:
    try:
        return as_object(parse(_bytes(path, _CONFIG_LIMIT)))
    except NotJson:
        return {}


def _bytes(path: Path, limit: int) -> bytes:
    """The file's bytes; none when it is missing, longer than the limit, or no file."""
    try:
        # Opening what is no plain file, such as a named pipe, may never return.
        if not path.is_file() or path.stat().st_size > limit:
            return b""
        with path.open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError):
        return b""
