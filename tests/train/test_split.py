"""The split is a promise: these very items are held out, on every machine, for good."""

from __future__ import annotations

from colorgan_train.split import HELD_OUT, TRAINING, TUNING, held_out_paintings, part_of, split_hash

HASHES = {
    ("noto", "abacus"): 8,
    ("openclipart", "lemon"): 13,
    ("twemoji", "red-apple"): 9,
    ("folder", "cat"): 19,
    ("gcompris-photos", "erase-crab"): 17,
    ("noto", "name-39"): 0,
    ("noto", "name-25"): 1,
}
COUNT = 194  # of the 4,000 names below


def test_known_examples() -> None:
    assert {key: split_hash(*key) % 20 for key in HASHES} == HASHES
    parts = {0: HELD_OUT, 1: TUNING}
    assert {key: part_of(*key) for key in HASHES} == {key: parts.get(value, TRAINING) for key, value in HASHES.items()}


def test_siblings_are_split_by_their_familys_numbers() -> None:
    assert part_of("noto-v1", "name-39") == part_of("noto-people", "name-39") == part_of("noto", "name-39") == HELD_OUT
    families = [
        ("fluent-emoji", "fluent-emoji-flat"),
        ("fluent-emoji-3d", "fluent-emoji-flat"),
        ("twemoji-people", "twemoji"),
    ]
    for sibling, family in families:
        assert all(part_of(sibling, f"name-{k}") == part_of(family, f"name-{k}") for k in range(200))


def test_held_out_is_one_in_twenty_and_depends_on_the_source() -> None:
    names = [f"name-{k}" for k in range(4000)]
    in_noto = {name for name in names if part_of("noto", name) == HELD_OUT}
    in_twemoji = {name for name in names if part_of("twemoji", name) == HELD_OUT}
    assert len(in_noto) == COUNT
    assert 150 < len(in_twemoji) < 250
    assert in_noto != in_twemoji


def test_six_paintings_whatever_the_order_and_the_repeats() -> None:
    titles = [f"Title {k}" for k in range(16)]
    kept_back = held_out_paintings("gcompris-paintings", titles)
    assert len(kept_back) == 6
    assert kept_back == held_out_paintings("gcompris-paintings", reversed(titles * 3))
    worst = max(split_hash("gcompris-paintings", title) for title in kept_back)
    assert all(split_hash("gcompris-paintings", title) > worst for title in set(titles) - kept_back)
