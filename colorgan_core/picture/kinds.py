"""What kind of file it is, by its first bytes: of the pictures that colorgan reads, and of others that artists have."""

from __future__ import annotations

import re
from pathlib import PurePath

HEAD = 1024  # bytes that `unread` wants: an SVG may begin with comments
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP")

# Source: the formats' own specifications, where there is one.
READABLE = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "WEBP": rb"RIFF.{4}WEBP",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "GIF": rb"GIF8[79]a",
    "BMP": rb"BM",
}
EXPORT, FRAMES = "export it as PNG or TIFF", "export its frames as PNG or TIFF"
RAW = ("a camera's raw picture", "develop it to TIFF or PNG")
OTHERS = (
    (rb"8BPS", "a Photoshop file (PSD, PSB)", EXPORT),
    (rb"PK\x03\x04.{26}mimetypeapplication/x-krita", "a Krita file (KRA)", EXPORT),
    (rb"PK\x03\x04.{26}mimetypeimage/openraster", "an OpenRaster file (ORA)", EXPORT),
    (rb"gimp xcf", "a GIMP file (XCF)", EXPORT),
    (rb"CSFCHUNK", "a Clip Studio file (CLIP)", EXPORT),
    (rb"SAI-CANVAS", "a SAI file", EXPORT),
    (rb"\x00\xffKA", "an Affinity file", EXPORT),
    (rb"PDN3", "a Paint.NET file (PDN)", EXPORT),
    (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype )?html\b", "a web page", "save the picture itself"),
    (rb"(\xef\xbb\xbf)?\s*<([?!].*<)?svg\b", "an SVG drawing", EXPORT),
    (rb"%PDF-", "a PDF document", EXPORT),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript drawing (EPS)", EXPORT),
    (rb".{4}ftyp(avif|avis)", "an AVIF picture", EXPORT),
    (rb".{4}ftyp(hei[cxms]|hev[cxms]|mif[12]|msf1)", "a HEIC picture", EXPORT),
    (rb".{4}ftypcrx ", *RAW),
    (rb".{4}ftyp", "a video", FRAMES),
    (rb"\x1aE\xdf\xa3|RIFF.{4}AVI |\0\0\x01\xba|OggS", "a video", FRAMES),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture", EXPORT),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture", EXPORT),
    (rb"v/1\x01", "an OpenEXR picture", EXPORT),
    (rb"#\?RADIANCE|#\?RGBE", "a Radiance picture (HDR)", EXPORT),
    (rb"DDS ", "a DDS texture", EXPORT),
    (rb"\0\0\x01\0", "an icon (ICO)", EXPORT),
    (rb"II[*]\0.{4}CR|FUJIFILMCCD-RAW|IIU\0|IIR[OS]", *RAW),
    (rb"version https://git-lfs", "a Git LFS pointer", "fetch the picture itself with `git lfs pull`"),
)
# Camera raw that is TIFF by its first bytes; the picture that TIFF's readers find in it is a thumbnail.
RAW_SUFFIXES = {".3fr", ".arw", ".cr2", ".dng", ".erf", ".iiq", ".mef", ".mos", ".nef", ".nrw", ".pef", ".rwl", ".sr2", ".srw"}  # fmt: skip
# Kinds that nothing in the first bytes tells.
BY_SUFFIX = {
    ".procreate": ("a Procreate file", EXPORT),
    ".sai": ("a SAI file", EXPORT),
    ".svgz": ("an SVG drawing", EXPORT),
    ".tga": ("a Targa picture", EXPORT),
}


def readable(head: bytes) -> str | None:
    """Which of FORMATS a file is that begins with `head`; None for others."""
    return next((kind for kind, magic in READABLE.items() if re.match(magic, head, re.DOTALL)), None)


def unread(head: bytes, path: PurePath) -> str | None:
    """A sentence on a file of a known kind that colorgan does not read; None for those that it reads, and for unknown ones."""
    kind, suffix = readable(head), path.suffix.lower()
    found = [(name, advice) for magic, name, advice in OTHERS if re.match(magic, head, re.DOTALL)]
    if kind == "TIFF" and suffix in RAW_SUFFIXES:
        found.append(RAW)
    if kind is None and suffix in BY_SUFFIX:
        found.append(BY_SUFFIX[suffix])
    if not found:
        return None
    name, advice = found[0]
    return f"{path} is {name}, which colorgan does not read; {advice}."
