"""Layers to Photoshop's PSD and PSB, through psd-tools.

Source: Adobe, Photoshop File Formats Specification, 2019. What it leaves open is done as Photoshop does it: layers of
16 and 32 bits lie in a block of their own, and the merged picture lies on white where it is transparent.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psd_tools.compression import compress
from psd_tools.constants import BlendMode, ChannelID, ColorMode, Compression, Resource, SectionDivider, Tag
from psd_tools.psd import PSD
from psd_tools.psd.color_mode_data import ColorModeData
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResource, ImageResources, ResoulutionInfo, VersionInfo
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelImageData,
    ChannelInfo,
    GlobalLayerMaskInfo,
    LayerAndMaskInformation,
    LayerFlags,
    LayerInfo,
    LayerInfoBlock,
    LayerRecord,
    LayerRecords,
)
from psd_tools.psd.tagged_blocks import SectionDividerSetting, TaggedBlock, TaggedBlocks

from ..errors import UsageError
from ..files import atomic_write
from .bands import row_bands
from .layers import Group, Layer, Layered, bounds, flatten, from_unit, to_unit

SIDES = {1: 30_000, 2: 300_000}  # the longest side by the file's version: 1 is PSD, 2 is PSB
BYTES = 2_000_000_000  # what a PSD may be long
DEPTHS: dict[np.dtype[Any], int] = {np.dtype(np.uint8): 8, np.dtype(np.uint16): 16, np.dtype(np.float32): 32}
BLENDS = {
    "normal": BlendMode.NORMAL,
    "multiply": BlendMode.MULTIPLY,
    "hard-light": BlendMode.HARD_LIGHT,
    "screen": BlendMode.SCREEN,
}
CHANNELS = (ChannelID.TRANSPARENCY_MASK, ChannelID.CHANNEL_0, ChannelID.CHANNEL_1, ChannelID.CHANNEL_2)
PLANES = (3, 0, 1, 2)  # of an RGBA array, in the order of CHANNELS, which is Photoshop's
# RLE is what every reader knows; deeper numbers repeat too seldom for it. ImageMagick knows no prediction in 32 bits,
# and few readers know ZIP in the merged picture.
LAYER_PACKING = {8: Compression.RLE, 16: Compression.ZIP_WITH_PREDICTION, 32: Compression.ZIP}
MERGED_PACKING = {8: Compression.RLE, 16: Compression.RLE, 32: Compression.RAW}
# Depth to the blocks that hold its layers and that say that the merged picture is transparent.
DEEP_BLOCKS = {
    16: (Tag.LAYER_16, Tag.SAVING_MERGED_TRANSPARENCY16),
    32: (Tag.LAYER_32, Tag.SAVING_MERGED_TRANSPARENCY32),
}
# Exposure and gamma of the view of a 32-bit picture, in their neutral positions: Photoshop opens none without it. The
# bytes are those of psd-tools 1.26; the older versions that Python 3.10 gets do not have them.
TONING = bytes.fromhex(
    "68647274000000033f000000000000020000000800440065006600610075006c00740000000200020000000000ff00ff0101000000"
    "00000000004180000000000001000000003f800000"
)

# Records with their channels. psd-tools types the members of its lists and blocks more narrowly than it takes them, so
# what goes into them is Any here.
Records = list[tuple[Any, Any]]


def write_photoshop(path: str | os.PathLike[str], layered: Layered, resolution: float | None, big: bool) -> None:
    """Write `layered` to `path` as PSD, or as PSB where `big`. `resolution`: pixels an inch.

    Depths stay what they are. Photoshop takes 32-bit numbers for linear light and has no hard-light for them, so 8 and
    16 bits are what it shows right. Raises UsageError where the picture is more than the format holds, OutputError as
    atomic_write does.
    """
    document = _document(path, layered, resolution, version=2 if big else 1)
    with atomic_write(path) as beside, beside.open("wb") as handle:
        document.write(handle)


def _document(path: str | os.PathLike[str], layered: Layered, resolution: float | None, version: int) -> PSD:
    width, height = layered.size
    instead = "; write it as .psb instead" if version == 1 else ""
    if max(width, height) > SIDES[version]:
        raise UsageError(
            f"{path} cannot be {width} x {height} pixels: its limit is {SIDES[version]} on a side{instead}."
        )
    depth = DEPTHS[layered.dtype]
    records = _records(layered.layers, depth, version)
    merged = _on_white(flatten(layered))
    header = FileHeader(
        version=version, channels=merged.shape[2], height=height, width=width, depth=depth, color_mode=ColorMode.RGB
    )
    image_data = ImageData(MERGED_PACKING[depth], _packed(merged, MERGED_PACKING[depth], depth, version))
    length = len(image_data.data) + sum(len(channel.data) for _, channels in records for channel in channels)
    if version == 1 and length > BYTES:
        raise UsageError(f"{path} would be larger than the 2 GB that a PSD may have{instead}.")
    return PSD(
        header=header,
        color_mode_data=ColorModeData(TONING if depth == 32 else b""),
        image_resources=_resources(layered.profile, resolution, version),
        layer_and_mask_information=_layer_section(records, depth, version, transparent=merged.shape[2] == 4),
        image_data=image_data,
    )


def _layer_section(records: Records, depth: int, version: int, transparent: bool) -> LayerAndMaskInformation:
    content: dict[str, Any] = {
        # A negative count says that the merged picture's fourth channel is its opacity.
        "layer_count": -len(records) if transparent else len(records),
        "layer_records": LayerRecords([record for record, _ in records]),
        "channel_image_data": ChannelImageData([channels for _, channels in records]),
    }
    tagged = TaggedBlocks()
    section = LayerAndMaskInformation(LayerInfo(), GlobalLayerMaskInfo(), tagged)
    if depth == 8:
        section.layer_info = LayerInfo(**content)
        return section
    layers, transparency = DEEP_BLOCKS[depth]
    if transparent:
        tagged[transparency] = TaggedBlock(key=transparency, data=b"")
    data: Any = LayerInfoBlock(**content)
    tagged[layers] = TaggedBlock(key=layers, data=data)
    return section


def _records(members: tuple[Layer | Group, ...], depth: int, version: int) -> Records:
    """What the file holds for these layers, bottom to top; a group is its members between two records of its own."""
    records: Records = []
    for member in members:
        if isinstance(member, Group):
            records.append(_folder("</Layer group>", SectionDivider.BOUNDING_SECTION_DIVIDER, BlendMode.NORMAL))
            records.extend(_records(member.members, depth, version))
            records.append(_folder(member.name, SectionDivider.OPEN_FOLDER, BlendMode.NORMAL))
        else:
            records.append(_layer(member, depth, version))
    return records


def _layer(layer: Layer, depth: int, version: int) -> tuple[Any, Any]:
    top, left, bottom, right = bounds(layer.pixels)
    record = _record(layer.name, BLENDS[layer.blend], LayerFlags(visible=layer.visible))
    record.top, record.left, record.bottom, record.right = top, left, bottom, right
    record.opacity = round(layer.opacity * 255)
    channels: list[Any] = []
    pixels = layer.pixels[top:bottom, left:right]
    for plane in PLANES:
        channel = ChannelData()
        if bottom > top:
            channel.compression = LAYER_PACKING[depth]
            data = _big_endian(pixels[..., plane])
            channel.set_data(data, right - left, bottom - top, depth, version)
        channels.append(channel)
    return record, ChannelDataList(channels)


def _folder(name: str, kind: SectionDivider, blend: BlendMode) -> tuple[Any, Any]:
    record = _record(name, blend, LayerFlags(pixel_data_irrelevant=True))
    data: Any = SectionDividerSetting(kind=kind, signature=b"8BIM", blend_mode=blend)
    key = Tag.SECTION_DIVIDER_SETTING
    record.tagged_blocks[key] = TaggedBlock(key=key, data=data)
    channels: list[Any] = [ChannelData() for _ in CHANNELS]
    return record, ChannelDataList(channels)


def _record(name: str, blend: BlendMode, flags: LayerFlags) -> LayerRecord:
    # The old name has at most 255 bytes of Mac Roman and is there for old readers; the other has all characters.
    old = name.encode("mac_roman", "replace")[:255].decode("mac_roman")
    channels = [ChannelInfo(id=channel) for channel in CHANNELS]
    record = LayerRecord(channel_info=channels, blend_mode=blend, flags=flags, name=old)
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, name)
    return record


def _resources(profile: bytes | None, resolution: float | None, version: int) -> ImageResources:
    resources = ImageResources()

    def add(key: Resource, data: Any) -> None:
        resources[key] = ImageResource(key=key, data=data)

    if resolution is not None:
        fixed = round(resolution * 65536)  # 16.16 bits; the units: pixels an inch, shown in inches
        add(Resource.RESOLUTION_INFO, ResoulutionInfo(fixed, 1, 1, fixed, 1, 1))
    if profile is not None:
        add(Resource.ICC_PROFILE, profile)
    add(Resource.VERSION_INFO, VersionInfo(1, True, "colorgan", "colorgan", version))
    return resources


def _on_white(merged: NDArray[Any]) -> NDArray[Any]:
    """The merged picture as it is stored: RGB where all of it is opaque, else RGBA with the colours laid on white."""
    if merged[..., 3].min() == from_unit(np.ones(1), merged.dtype)[0]:
        return merged[..., :3]
    for rows in row_bands(*merged.shape[:2]):
        unit = to_unit(merged[rows])
        color, alpha = unit[..., :3], unit[..., 3:]
        merged[rows, :, :3] = from_unit(color * alpha + (1 - alpha), merged.dtype)
    return merged


def _packed(merged: NDArray[Any], packing: Compression, depth: int, version: int) -> bytes:
    """The merged picture as the file holds it, packed plane by plane; with RLE the lengths of all rows come first."""
    height, width, channels = merged.shape
    planes = [
        compress(_big_endian(merged[..., plane]), packing, width, height, depth, version) for plane in range(channels)
    ]
    lengths = (2 * version if packing == Compression.RLE else 0) * height  # bytes
    return b"".join([*(plane[:lengths] for plane in planes), *(plane[lengths:] for plane in planes)])


def _big_endian(plane: NDArray[Any]) -> bytes:
    return plane.astype(plane.dtype.newbyteorder(">"), copy=False).tobytes()
