"""The weights file: what goes in comes out, and everything else gets a sentence."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from colorgan_core.errors import OutputError, WeightsError
from colorgan_core.model import weights as module
from colorgan_core.model.weights import FORMAT, load_weights, save_weights


def contents(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    with safe_open(str(path), "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118


def rewritten(source: Path, folder: Path, change: Any) -> Path:
    """A copy of a weights file after `change(tensors, metadata)`."""
    tensors, metadata = contents(source)
    change(tensors, metadata)
    save_file(tensors, folder / "changed.safetensors", metadata)
    return folder / "changed.safetensors"


def test_a_round_trip_keeps_everything(untrained: Path, tmp_path: Path) -> None:
    first = dataclasses.replace(load_weights(untrained), card={"name": "a card", "hours": 1.5})
    save_weights(tmp_path / "again.safetensors", first)
    second = load_weights(tmp_path / "again.safetensors")
    assert second.config == first.config and second.card == first.card
    assert torch.equal(second.palettes, first.palettes)
    for network in ("generator", "discriminator"):
        a, b = getattr(first, network).state_dict(), getattr(second, network).state_dict()
        assert a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_all_tensors_are_half_precision(untrained: Path) -> None:
    assert {tensor.dtype for tensor in contents(untrained)[0].values()} == {torch.float16}


def remove_one(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    del tensors["generator.head.weight"]


def reshape_one(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    tensors["discriminator.patch.weight"] = torch.zeros(3, 3)


def spoil_one(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    tensors["generator.head.weight"][0] = float("nan")


def other_version(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    metadata["format"] = "colorgan-weights-99"


def other_program(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    metadata.clear()


def unknown_setting(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    metadata["config"] = json.dumps({**json.loads(metadata["config"]), "heads_of_hydra": 9})


def unequal_levels(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    metadata["config"] = json.dumps({**json.loads(metadata["config"]), "blocks": [1]})


def broken_card(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    metadata["card"] = "{"


def no_bank(tensors: dict[str, Any], metadata: dict[str, str]) -> None:
    del tensors["palettes"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (remove_one, "generator.head.weight is missing"),
        (reshape_one, r"\(3, 3\) instead of"),
        (spoil_one, "not finite, in generator.head.weight"),
        (other_version, f"holds colorgan-weights-99, this version reads {FORMAT}"),
        (other_program, "no colorgan format"),
        (unknown_setting, "heads_of_hydra"),
        (unequal_levels, "3 widths and blocks for 1"),
        (broken_card, "damaged description"),
        (no_bank, "no palette bank"),
    ],
)
def test_a_file_that_does_not_fit_is_named(untrained: Path, tmp_path: Path, change: Any, words: str) -> None:
    with pytest.raises(WeightsError, match=words) as caught:
        load_weights(rewritten(untrained, tmp_path, change))
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"<!DOCTYPE html><html>404</html>", pickle.dumps({"a": 1}), b"\0" * 4096])
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(data)
    with pytest.raises(WeightsError, match="not a readable safetensors file"):
        load_weights(tmp_path / "w.safetensors")


def test_a_shortened_file_is_refused(untrained: Path, tmp_path: Path) -> None:
    data = untrained.read_bytes()
    (tmp_path / "w.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(WeightsError, match="not a readable safetensors file"):
        load_weights(tmp_path / "w.safetensors")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="There is no weights file"):
        load_weights(tmp_path / "nothing.safetensors")


def test_too_large_a_file_is_refused_and_the_old_one_stays(
    untrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "w.safetensors"
    target.write_bytes(b"old")
    monkeypatch.setattr(module, "LARGEST", 1000)
    with pytest.raises(OutputError, match="over the limit"):
        save_weights(target, load_weights(untrained))
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]
