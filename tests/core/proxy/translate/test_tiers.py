"""What names of models tell of their size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_tui.core.proxy.translate.facts import Tier
from mux_tui.core.proxy.translate.tiers import parameters_in, tier_of

GOLDEN: dict[str, float | None] = {
    # Fractions, millions, and what stands beside them.
    "Qwen3-0.6B": 0.6,
    "mlx-community/Qwen3-0.6B-4bit": 0.6,
    "mlx-community/Qwen2.5-Coder-1.5B-Instruct-4bit": 1.5,
    "mlx-community/Qwen3-4B_4bit": 4,
    "mlx-community/Qwen3-1.7B-bf16": 1.7,
    "mlx-community/Qwen3-4B-Instruct-2507-4bit": 4,
    "mlx-community/Qwen3-8B-4bit-DWQ": 8,
    "mlx-community/Qwen3-14B-6bit": 14,
    "mlx-community/Qwen3-32B-MLX-4bit": 32,
    "gemma-270m": 0.27,
    "mlx-community/gemma-3-270m-it-4bit": 0.27,
    "mlx-community/SmolLM2-135M-Instruct": 0.135,
    "smollm2-135m-instruct": 0.135,
    "HuggingFaceTB/SmolLM2-360M-Instruct": 0.36,
    "HuggingFaceTB/SmolLM3-3B": 3,
    "mlx-community/Llama-3.2-1B-Instruct-4bit": 1,
    "mlx-community/Llama-3.2-3B-Instruct-8bit": 3,
    "mlx-community/Meta-Llama-3.1-8B-Instruct-4bit": 8,
    "mlx-community/Llama-3.3-70B-Instruct-4bit": 70,
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0": 1.1,
    "stabilityai/stablelm-2-1_6b-chat": 1.6,
    "mlx-community/gemma-3-27b-it-qat-4bit": 27,
    "mlx-community/gemma-2-9b-it-4bit": 9,
    "mlx-community/gemma-3n-E4B-it-lm-4bit": 4,
    "mlx-community/codegemma-7b-it-4bit": 7,
    # The long context of a model is not its size.
    "mlx-community/Qwen2.5-7B-Instruct-1M-4bit": 7,
    "mlx-community/Qwen2.5-14B-Instruct-1M-4bit": 14,
    # All experts count, not the active ones.
    "mlx-community/Qwen3-30B-A3B-4bit": 30,
    "mlx-community/Qwen3-Coder-30B-A3B-Instruct-4bit": 30,
    "mlx-community/Qwen3-235B-A22B-8bit": 235,
    "mlx-community/Qwen3-Coder-480B-A35B-Instruct-4bit": 480,
    "mlx-community/Qwen3-Next-80B-A3B-Instruct-4bit": 80,
    "mlx-community/NVIDIA-Nemotron-3-Nano-30B-A3B-4bit": 30,
    "mlx-community/LFM2-8B-A1B-4bit": 8,
    "mlx-community/Ling-mini-16B-A1.4B": 16,
    "Qwen/Qwen1.5-MoE-A2.7B": None,
    "mlx-community/Mixtral-8x7B-Instruct-v0.1-4bit": 56,
    "mistralai/Mixtral-8x22B-Instruct-v0.1": 176,
    "moonshotai/Kimi-K2-1T": 1000,
    # Coding models.
    "mlx-community/Qwen2.5-Coder-32B-Instruct-4bit": 32,
    "mlx-community/Qwen2.5-Coder-14B-Instruct-4bit": 14,
    "mlx-community/Qwen2.5-Coder-7B-Instruct-4bit": 7,
    "mlx-community/Qwen2.5-Coder-0.5B-Instruct-4bit": 0.5,
    "mlx-community/Codestral-22B-v0.1-4bit": 22,
    "mlx-community/CodeLlama-34b-Instruct-hf-4bit": 34,
    "mlx-community/starcoder2-15b-4bit": 15,
    "mlx-community/Yi-Coder-9B-Chat-4bit": 9,
    "mlx-community/Yi-1.5-34B-Chat-4bit": 34,
    "mlx-community/internlm2_5-7b-chat-4bit": 7,
    "mlx-community/Devstral-Small-2-24B-Instruct-2512-4bit": 24,
    "mlx-community/Mistral-Small-24B-Instruct-2501-4bit": 24,
    "mlx-community/Ministral-8B-Instruct-2410-4bit": 8,
    "mlx-community/DeepSeek-R1-Distill-Qwen-1.5B-4bit": 1.5,
    "mlx-community/DeepSeek-R1-0528-Qwen3-8B-4bit": 8,
    "mlx-community/OLMo-2-0325-32B-Instruct-4bit": 32,
    "mlx-community/gpt-oss-20b-MXFP4-Q4": 20,
    "mlx-community/gpt-oss-120b-4bit": 120,
    "mlx-community/NVIDIA-Nemotron-Nano-9B-v2-4bits": 9,
    # Tags of other servers, files and directories.
    "qwen2.5-coder:7b": 7,
    "qwen2.5-coder:7b-instruct-q4_K_M": 7,
    "llama3.1:8b": 8,
    "phi3:3.8b": 3.8,
    "deepseek-coder:6.7b-instruct": 6.7,
    "qwen2.5-coder-7b-instruct-q4_k_m.gguf": 7,
    "models--mlx-community--Qwen3-4B-4bit/snapshots/0bd1f3a7b8c6b4d7": 4,
    "/home/me/models/Qwen3-8B-4bit/": 8,
    "C:\\models\\Llama-3.2-3B": 3,
    # Names that tell nothing.
    "mlx-community/Devstral-Small-2507-4bit": None,
    "mlx-community/Qwen3-Coder-Next-4bit": None,
    "mlx-community/DeepSeek-V3-0324-4bit": None,
    "mlx-community/Kimi-K2-Instruct-4bit": None,
    "mlx-community/GLM-4.5-Air-4bit": None,
    "mlx-community/Mistral-Nemo-Instruct-2407-4bit": None,
    "mlx-community/Phi-3.5-mini-instruct-4bit": None,
    "mlx-community/phi-4-8bit": None,
    "mlx-community/c4ai-command-r-plus-4bit": None,
    "claude-sonnet-5[1m]": None,
    "default_model": None,
    "": None,
}

TIERS: dict[str, Tier] = {
    "Qwen3-0.6B": "small",
    "Qwen3-4B_4bit": "small",
    "gemma-270m": "small",
    "Devstral-Small-2507": "small",
    "gemma-2-9b-it": "medium",
    "Qwen3-Coder-30B-A3B-Instruct-4bit": "medium",
    "Qwen2.5-Coder-32B-Instruct-4bit": "medium",
    "CodeLlama-34b": "large",
    "Mixtral-8x7B": "large",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_real_name_tells_its_size(name: str) -> None:
    assert parameters_in(name) == GOLDEN[name]


@pytest.mark.parametrize("name", TIERS)
def test_a_name_has_its_tier(name: str) -> None:
    assert tier_of(parameters_in(name)) == TIERS[name]


@pytest.mark.parametrize(
    ("billions", "tier"),
    [(8.19, "small"), (9.0, "medium"), (32.8, "medium"), (33.0, "large")],
)
def test_counted_parameters_have_the_tier_of_their_round_name(
    billions: float, tier: Tier
) -> None:
    assert tier_of(billions) == tier


def test_unknown_is_small() -> None:
    assert tier_of(None) == "small"


@given(st.text(max_size=2000))
def test_any_text_is_a_number_or_none(name: str) -> None:
    found = parameters_in(name)

    assert found is None or 0 < found <= 10_000
