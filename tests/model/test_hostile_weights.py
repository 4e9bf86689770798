"""Weights files that somebody made to do harm: one sentence, in little time and memory, and never anything else."""

from __future__ import annotations

import dataclasses
import json
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colorgan_core.errors import OutputError, WeightsError
from colorgan_core.examine import LARGEST_HEADER, examine, read_card
from colorgan_core.model.config import PRESETS, ModelConfig
from colorgan_core.model.weights import load_weights, save_weights
from colorgan_core.stored_weights import LARGEST

Header = dict[str, Any]
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from([-1, 0, 2**31, 10**30]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
SETTINGS = st.sampled_from([field.name for field in dataclasses.fields(ModelConfig)])


def parts(data: bytes) -> tuple[Header, bytes]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def whole(header: Header | bytes, body: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def only_weights_errors(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    for read in (load_weights, examine, read_card):
        try:
            read(path)
        except WeightsError as error:
            sentence = str(error)
            assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 400, sentence


def with_metadata(data: bytes, **changes: str | None) -> bytes:
    header, body = parts(data)
    metadata = {**header["__metadata__"], **changes}
    return whole({**header, "__metadata__": {k: v for k, v in metadata.items() if v is not None}}, body)


@FEW
@given(SETTINGS, JSON)
def test_any_value_of_any_setting(untrained: Path, tmp_path: Path, name: str, value: Any) -> None:
    data = untrained.read_bytes()
    config = json.loads(parts(data)[0]["__metadata__"]["config"])
    only_weights_errors(tmp_path / "w", with_metadata(data, config=json.dumps({**config, name: value})))


@FEW
@given(JSON.map(json.dumps) | st.text(max_size=40), st.sampled_from(["config", "card", "format"]))
def test_any_description(untrained: Path, tmp_path: Path, text: str, name: str) -> None:
    only_weights_errors(tmp_path / "w", with_metadata(untrained.read_bytes(), **{name: text}))


@FEW
@given(st.data())
def test_any_header(untrained: Path, tmp_path: Path, data: st.DataObject) -> None:
    header, body = parts(untrained.read_bytes())
    name = data.draw(st.sampled_from(sorted(header)))
    entry = data.draw(JSON | st.fixed_dictionaries({
        "dtype": st.sampled_from(["F16", "F32", "I64", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "BF16", "C64", "F4", "X"]),
        "shape": st.lists(st.sampled_from([0, 1, 2, 8, 2**31, 2**63, 2**64, -1]), max_size=9),
        "data_offsets": st.lists(st.integers(-1, len(body)), min_size=2, max_size=2),
    }))  # fmt: skip
    only_weights_errors(tmp_path / "w", whole({**header, name: entry}, body))


@FEW
@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_any_spoiled_bytes(untrained: Path, tmp_path: Path, dice: random.Random, count: int) -> None:
    spoiled = bytearray(untrained.read_bytes())
    end = 8 + int.from_bytes(spoiled[:8], "little")
    for _ in range(count):
        spoiled[dice.randrange(end)] = dice.randrange(256)
    only_weights_errors(tmp_path / "w", bytes(spoiled))


def set_to(name: str, value: Any) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        config = json.loads(parts(data)[0]["__metadata__"]["config"])
        return with_metadata(data, config=json.dumps({**config, name: value}))

    return change


def other_kind(data: bytes, kind: str, width: int) -> bytes:
    """All tensors of another type, with the room that it takes."""
    header, _ = parts(data)
    at = 0
    for name, entry in header.items():
        if name != "__metadata__":
            size = width
            for side in entry["shape"]:
                size *= side
            entry |= {"dtype": kind, "data_offsets": [at, at + size]}
            at += size
    return whole(header, bytes(at))


def another_tensor(data: bytes) -> bytes:
    header, body = parts(data)
    at = len(body)
    return whole(
        {**header, "more\x1b[2J": {"dtype": "F16", "shape": [1], "data_offsets": [at, at + 2]}}, body + b"\0\0"
    )


def no_palettes(data: bytes) -> bytes:
    header, body = parts(data)
    start, end = header["palettes"]["data_offsets"]
    assert end == len(body) or any(entry.get("data_offsets", [0])[0] == end for entry in header.values())
    for entry in header.values():
        if "data_offsets" in entry and entry["data_offsets"][0] >= end:
            entry["data_offsets"] = [each - (end - start) for each in entry["data_offsets"]]
    header["palettes"] = {"dtype": "F16", "shape": [0, 8, 4], "data_offsets": [0, 0]}
    return whole(header, body[:start] + body[end:])


WIDE = {
    "widths": [1024] * 6,
    "blocks": [16] * 6,
    "discriminator_widths": [1024] * 6,
    "colors": 1024,
    "token_width": 1024,
}
HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    **{
        f"{name} {value!r}": (set_to(name, value), f"as {name}, which must be")
        for name in ("condition_width", "token_width", "colors")
        for value in (10**9, 10**30, -1, 0, 1.5, True, None, "16", [16], float("nan"))
    },
    "blocks 10**9": (set_to("blocks", [10**9] * 3), "as blocks, which must be"),
    "a million levels": (set_to("widths", [8] * 100_000), "as widths, which must be"),
    "a switch of 2": (set_to("attention", 2), "true or false"),
    "widths that heads cannot share": (set_to("widths", [8, 8, 6]), "heads of attention"),
    "all as wide as can be": (lambda data: with_metadata(data, config=json.dumps(WIDE)), "than the 40 MB"),
    "wide conditions": (set_to("condition_width", 1024), "instead of"),
    "no settings": (lambda data: with_metadata(data, config="null"), "not a list of names"),
    "no config": (lambda data: with_metadata(data, config=None), "its config is missing"),
    "a hundred thousand settings": (
        lambda data: with_metadata(data, config=json.dumps({f"x{n}": 0 for n in range(50_000)})), "does not support"),
    "a nested config": (lambda data: with_metadata(data, config="[" * 100_000), "unusable"),
    "a nested card": (lambda data: with_metadata(data, card='{"a":' + "[" * 400 + "]" * 400 + "}"), "nested"),
    "a card of deepest lists": (lambda data: with_metadata(data, card="[" * 300_000 + "]" * 300_000), "unusable"),
    "a card of digits": (lambda data: with_metadata(data, card='{"a":' + "9" * 500_000 + "}"), "unusable"),
    "a card that is a list": (lambda data: with_metadata(data, card="[]"), "not a list of names"),
    "a card of empty lists": (lambda data: with_metadata(data, card="[" + "[]," * 330_000 + "0]"), "not a list of names"),
    "another format": (lambda data: with_metadata(data, format="colorgan-weights-" + "9" * 500_000), "this version"),
    "a large header": (lambda data: whole(b'{"a":' + b"[" * 30_000_000, b"\0" * 99), "has a header of 30.0 MB"),
    "a tensor of another type": (lambda data: other_kind(data, "F32", 4), "is F32 instead of F16"),
    "whole numbers": (lambda data: other_kind(data, "I64", 8), "is I64 instead of F16"),
    "a type that torch has not": (lambda data: other_kind(data, "F8_E8M0", 1), "instead of F16"),
    "a tensor too many": (another_tensor, "which has no more [2J"),
    "an empty bank": (no_palettes, "no palette bank"),
}  # fmt: skip
# Opens each file with memory for little more than the largest weights take, and prints its sentence and the seconds.
LIMITED = """
import resource, sys, time
from colorgan_core.errors import WeightsError
from colorgan_core.model.weights import load_weights
load_weights(sys.argv[1])
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 250_000_000,) * 2)
for path in sys.argv[2:]:
    began = time.process_time()
    try:
        load_weights(path)
        print("loaded")
    except WeightsError as error:
        print(f"{time.process_time() - began:.2f} {error}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory in Linux's way")
def test_no_header_takes_memory_or_time(untrained: Path, tmp_path: Path) -> None:
    data, paths = untrained.read_bytes(), []
    for number, (change, _) in enumerate(HOSTILE.values()):
        paths.append(tmp_path / f"{number}.safetensors")
        paths[-1].write_bytes(change(data))
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, untrained, *paths], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    lines = ran.stdout.splitlines()
    assert len(lines) == len(HOSTILE)
    for line, (name, (_, words)) in zip(lines, HOSTILE.items(), strict=True):
        seconds, _, sentence = line.partition(" ")
        assert words in sentence and sentence.endswith("."), (name, line)
        assert float(seconds) < 2, (name, line)


def test_a_file_of_a_terabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.write(whole(b"{}" + b" " * 6, b""))
        file.truncate(10**12)
    for read in (load_weights, examine, read_card):
        with pytest.raises(WeightsError, match=f"larger than {LARGEST / 1e6:.0f} MB"):
            read(path)


def test_every_preset_is_within_the_bounds() -> None:
    for config in PRESETS.values():
        assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_what_is_saved_can_be_loaded(untrained: Path, tmp_path: Path) -> None:
    weights = load_weights(untrained)
    card = {"figures": {str(n): 0.5 for n in range(20_000)}, "worst": [float("inf"), float("nan"), "\ud800\x1b"]}
    save_weights(tmp_path / "w", dataclasses.replace(weights, card=card))
    assert (
        load_weights(tmp_path / "w").card == {**card, "worst": [None, None, "\ud800\x1b"]} == read_card(tmp_path / "w")
    )
    with pytest.raises(OutputError, match="model card"):
        save_weights(tmp_path / "w", dataclasses.replace(weights, card={"a": "x" * LARGEST_HEADER}))
