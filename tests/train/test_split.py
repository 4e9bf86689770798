"""The split is a promise: these very items are held out, on every machine, for good."""

from __future__ import annotations

from colorgan_train.split import held_out, held_out_paintings, split_hash

HASHES = {
    ("noto", "abacus"): 8,
    ("openclipart", "lemon"): 13,
    ("twemoji", "red-apple"): 9,
    ("folder", "cat"): 19,
    ("gcompris-photos", "erase-crab"): 17,
    ("noto", "name-39"): 0,
}
COUNT = 194  # of the 4,000 names below


def test_known_examples() -> None:
    assert {key: split_hash(*key) % 20 for key in HASHES} == HASHES
    assert {key: held_out(*key) for key in HASHES} == {key: value == 0 for key, value in HASHES.items()}


def test_held_out_is_one_in_twenty_and_depends_on_the_source() -> None:
    names = [f"name-{k}" for k in range(4000)]
    in_noto = {name for name in names if held_out("noto", name)}
    in_twemoji = {name for name in names if held_out("twemoji", name)}
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
