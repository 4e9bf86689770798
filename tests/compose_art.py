"""Small drawings for the tests of compositions, written here so that no test needs the network."""

from __future__ import annotations

from colorgan_train.sources import Art
from colorgan_train.split import TRAINING

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
DRAWINGS = {
    "dog": '<path d="M10 90V40H80L95 55V90Z" fill="#c08040"/><circle cx="75" cy="35" r="18" fill="#f0d0a0"/>'
    '<path d="M60 30Q50 60 66 52Z" fill="#704020"/>',
    "man-walking": '<path d="M40 95V60H60V95Z" fill="#305080"/><path d="M35 62V28H65V62Z" fill="#c04040"/>'
    '<circle cx="50" cy="18" r="12" fill="#e8b890"/><path d="M38 14A12 12 0 0 1 62 14Z" fill="#402010"/>',
    "woman-standing": '<path d="M30 95L42 35H58L70 95Z" fill="#8060b0"/><circle cx="50" cy="22" r="13" fill="#a06a48"/>'
    '<path d="M36 20A14 14 0 0 1 64 20L60 12H40Z" fill="#704010"/>',
    "house": '<path d="M10 95V45H90V95Z" fill="#f0d8a0"/><path d="M4 47L50 8L96 47Z" fill="#b04030"/>'
    '<path d="M42 95V65H58V95Z" fill="#705030"/><path d="M20 58h14v14h-14z" fill="#90c0e0"/>',
    "tulip": '<path d="M47 95V45H53V95Z" fill="#50a040"/><path d="M30 15Q50 30 70 15Q74 48 50 50Q26 48 30 15Z" fill="#e04070"/>',
    "automobile": '<path d="M5 75V55L25 50L38 32H70L82 52L95 58V75Z" fill="#4080c0"/><circle cx="28" cy="76" r="11" fill="#555"/>'
    '<circle cx="72" cy="76" r="11" fill="#555"/><path d="M42 36H66L74 50H34Z" fill="#d0e8f0"/>',
    "green-apple": '<circle cx="50" cy="58" r="34" fill="#80c040"/><path d="M48 26L54 8L58 10L53 27Z" fill="#704020"/>',
    "teapot": '<ellipse cx="50" cy="60" rx="34" ry="28" fill="#d06060"/><path d="M80 50L98 36L94 62Z" fill="#e0a0a0"/>',
    "parrot": '<path d="M20 70Q40 10 80 30Q70 80 20 70Z" fill="#40b060"/><path d="M80 30L95 36L80 42Z" fill="#f0b030"/>',
    "fish": '<ellipse cx="45" cy="50" rx="38" ry="22" fill="#f08030"/><path d="M78 50L98 32V68Z" fill="#f0c040"/>',
    "baby": '<path d="M10 100Q10 60 50 60Q90 60 90 100Z" fill="#60a0c0"/><circle cx="50" cy="36" r="28" fill="#e8c0a0"/>',
    "sailboat": '<path d="M10 75H90L75 95H25Z" fill="#b06030"/><path d="M50 8V70H85Z" fill="#f0e0c0"/>',
    "chair": '<path d="M25 95V10H35V50H75V95H65V62H35V95Z" fill="#a07040"/>',
}  # fmt: skip


def svg(body: str) -> bytes:
    return f"{HEAD}{body}</svg>".encode()


def arts(part: str = TRAINING, source: str = "noto") -> list[Art]:
    """A drawing of every kind."""
    return [Art(source, name, "vector", svg(body), part) for name, body in DRAWINGS.items()]
