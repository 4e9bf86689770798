"""Procedures of GIMP 2 that GIMP 3 has in another form: each is a function with the old arguments.

What they draw on is the context of the artist; so what they set there is put back.
"""

from __future__ import annotations

import math
import os
import re
from contextlib import contextmanager

from gimpcolor import RGB, color
from gimpfu_backend import Refused, host, pixels
from gimpfu_backend.pdb import WRAP, do, look, refusal

PROCEDURES = {}
FILLS = {0: 0, 1: 1, 2: 4}  # BucketFillMode: FillType as 2.10 numbers it


def emulated(function):
    PROCEDURES[function.__name__.replace("_", "-")] = function
    return function


@contextmanager
def context(**settings):
    """The context with some settings, for as long as the block runs; None leaves one as it is."""
    do("gimp-context-push")
    try:
        for name, value in settings.items():
            if value is not None:
                do("gimp-context-set-" + name.replace("_", "-"), value)
        yield
    finally:
        do("gimp-context-pop")


def first(found):
    return found[0] if found else None


# Images, layers, channels


@emulated
def gimp_layer_new(image, width, height, type, name, opacity, mode):
    return do("gimp-layer-new", image, name, width, height, type, opacity, mode)


@emulated
def gimp_channel_new(image, width, height, name, opacity, color):
    return do("gimp-channel-new", image, name, width, height, opacity, color)


@emulated
def gimp_layer_group_new(image):
    return do("gimp-group-layer-new", image, "Layer Group")


@emulated
def gimp_layer_copy(layer, add_alpha=False):
    copy = do("gimp-layer-copy", layer)
    if add_alpha:
        do("gimp-layer-add-alpha", copy)
    return copy


@emulated
def gimp_layer_set_name(layer, name):
    do("gimp-item-set-name", layer, name)


@emulated
def gimp_layer_scale_full(layer, width, height, local_origin, interpolation):
    with context(interpolation=interpolation):
        do("gimp-layer-scale", layer, width, height, local_origin)


@emulated
def gimp_image_scale_full(image, width, height, interpolation):
    with context(interpolation=interpolation):
        do("gimp-image-scale", image, width, height)


@emulated
def gimp_image_add_layer(image, layer, position=0):
    do("gimp-image-insert-layer", image, layer, None, max(0, position))


@emulated
def gimp_image_add_channel(image, channel, position=0):
    do("gimp-image-insert-channel", image, channel, None, max(0, position))


@emulated
def gimp_image_add_vectors(image, vectors, position=0):
    do("gimp-image-insert-path", image, vectors, None, max(0, position))


@emulated
def gimp_image_add_layer_mask(image, layer, mask):
    do("gimp-layer-add-mask", layer, mask)


@emulated
def gimp_image_remove_layer_mask(image, layer, mode):
    do("gimp-layer-remove-mask", layer, mode)


@emulated
def gimp_image_free_shadow(image):
    pass


@emulated
def gimp_image_get_active_layer(image):
    return first(look("gimp-image-get-selected-layers", image))


@emulated
def gimp_image_set_active_layer(image, layer):
    if layer is not None:
        do("gimp-image-set-selected-layers", image, [layer])


@emulated
def gimp_image_get_active_channel(image):
    return first(look("gimp-image-get-selected-channels", image))


@emulated
def gimp_image_set_active_channel(image, channel):
    do("gimp-image-set-selected-channels", image, [channel])


@emulated
def gimp_image_unset_active_channel(image):
    """GIMP 3 takes no empty list; a layer that is chosen unsets the channel."""
    if look("gimp-image-get-selected-channels", image):
        do("gimp-image-set-selected-layers", image, look("gimp-image-get-layers", image)[:1])


@emulated
def gimp_image_get_active_vectors(image):
    return first(look("gimp-image-get-selected-paths", image))


@emulated
def gimp_image_set_active_vectors(image, vectors):
    do("gimp-image-set-selected-paths", image, [vectors])


@emulated
def gimp_image_get_active_drawable(image):
    return first(look("gimp-image-get-selected-drawables", image))


gimp_image_active_drawable = PROCEDURES["gimp-image-active-drawable"] = gimp_image_get_active_drawable


@emulated
def gimp_image_get_colormap(image):
    palette = look("gimp-image-get-palette", image)
    colors = look("gimp-palette-get-colors", palette)
    data = pixels.Bytes(b"".join(bytes(each[:3]) for each in colors))
    return len(data), data


gimp_image_get_cmap = PROCEDURES["gimp-image-get-cmap"] = gimp_image_get_colormap


@emulated
def gimp_image_set_colormap(image, num_bytes, colormap):
    data = pixels.raw(colormap)
    palette = do("gimp-palette-new", "colormap")
    for at in range(0, int(num_bytes), 3):
        do("gimp-palette-add-entry", palette, f"{at // 3}", RGB(*data[at : at + 3]))
    try:
        do("gimp-image-set-palette", image, palette)
    finally:
        do("gimp-resource-delete", palette)


gimp_image_set_cmap = PROCEDURES["gimp-image-set-cmap"] = gimp_image_set_colormap


@emulated
def gimp_drawable_offsets(drawable):
    return look("gimp-drawable-get-offsets", drawable)


@emulated
def gimp_drawable_offset(drawable, wrap_around, fill_type, offset_x, offset_y):
    do(
        "gimp-drawable-offset",
        drawable,
        wrap_around,
        fill_type,
        look("gimp-context-get-background"),
        offset_x,
        offset_y,
    )


gimp_channel_ops_offset = PROCEDURES["gimp-channel-ops-offset"] = gimp_drawable_offset


@emulated
def gimp_drawable_get_pixel(drawable, x, y):
    data = pixels.surface(drawable, False).read(x, y, x + 1, y + 1)
    return len(data), tuple(bytes(data))


@emulated
def gimp_drawable_set_pixel(drawable, x, y, num_channels, pixel):
    pixels.surface(drawable, False).write(x, y, x + 1, y + 1, bytes(int(each) for each in pixel))


@emulated
def gimp_layer_get_linked(item):
    return 0


@emulated
def gimp_item_set_linked(item, linked):
    if linked:
        raise Refused(refusal("gimp-item-set-linked"))


for _name in (
    "gimp-layer-set-linked",
    "gimp-drawable-set-linked",
    "gimp-channel-set-linked",
    "gimp-vectors-set-linked",
):
    PROCEDURES[_name] = gimp_item_set_linked
for _name in ("gimp-item-get-linked", "gimp-drawable-get-linked", "gimp-channel-get-linked", "gimp-vectors-get-linked"):
    PROCEDURES[_name] = gimp_layer_get_linked


# Selections


def selected(image, operation, feather, radius_x, radius_y, procedure, *given, **settings):
    radius = radius_x if radius_y is None else radius_y
    with context(feather=bool(feather), **settings):
        if feather:
            do("gimp-context-set-feather-radius", radius_x, radius)
        do(procedure, image, operation, *given)


@emulated
def gimp_rect_select(image, x, y, width, height, operation, feather=0, feather_radius=0):
    selected(image, operation, feather, feather_radius, None, "gimp-image-select-rectangle", x, y, width, height)


@emulated
def gimp_ellipse_select(image, x, y, width, height, operation, antialias=1, feather=0, feather_radius=0):
    selected(
        image,
        operation,
        feather,
        feather_radius,
        None,
        "gimp-image-select-ellipse",
        x,
        y,
        width,
        height,
        antialias=antialias,
    )


@emulated
def gimp_round_rect_select(
    image,
    x,
    y,
    width,
    height,
    corner_radius_x,
    corner_radius_y,
    operation,
    antialias=1,
    feather=0,
    feather_radius_x=0,
    feather_radius_y=0,
):
    selected(
        image,
        operation,
        feather,
        feather_radius_x,
        feather_radius_y,
        "gimp-image-select-round-rectangle",
        x,
        y,
        width,
        height,
        corner_radius_x,
        corner_radius_y,
        antialias=antialias,
    )


@emulated
def gimp_free_select(image, num_segs, segs, operation, antialias=1, feather=0, feather_radius=0):
    selected(
        image,
        operation,
        feather,
        feather_radius,
        None,
        "gimp-image-select-polygon",
        list(segs)[: int(num_segs)],
        antialias=antialias,
    )


# The short forms leave to the context what the full ones set.


@emulated
def gimp_by_color_select_full(drawable, color, threshold, operation, antialias, feather, radius_x, radius_y,
                              sample_merged, select_transparent, criterion):  # fmt: skip
    selected(drawable.image, operation, feather, radius_x, radius_y, "gimp-image-select-color", drawable, color,
             sample_threshold_int=threshold, antialias=antialias, sample_merged=sample_merged,
             sample_transparent=select_transparent, sample_criterion=criterion)  # fmt: skip


@emulated
def gimp_by_color_select(drawable, color, threshold, operation, antialias=1, feather=0, radius=0, sample_merged=0):
    gimp_by_color_select_full(
        drawable, color, threshold, operation, antialias, feather, radius, radius, sample_merged, None, None
    )


@emulated
def gimp_fuzzy_select_full(drawable, x, y, threshold, operation, antialias, feather, radius_x, radius_y,
                           sample_merged, select_transparent, criterion):  # fmt: skip
    selected(drawable.image, operation, feather, radius_x, radius_y, "gimp-image-select-contiguous-color", drawable, x, y,
             sample_threshold_int=threshold, antialias=antialias, sample_merged=sample_merged,
             sample_transparent=select_transparent, sample_criterion=criterion)  # fmt: skip


@emulated
def gimp_fuzzy_select(drawable, x, y, threshold, operation, antialias=1, feather=0, radius=0, sample_merged=0):
    gimp_fuzzy_select_full(
        drawable, x, y, threshold, operation, antialias, feather, radius, radius, sample_merged, None, None
    )


@emulated
def gimp_selection_layer_alpha(layer):
    do("gimp-image-select-item", layer.image, 2, layer)


@emulated
def gimp_selection_load(channel):
    do("gimp-image-select-item", channel.image, 2, channel)


@emulated
def gimp_selection_combine(channel, operation):
    do("gimp-image-select-item", channel.image, operation, channel)


@emulated
def gimp_vectors_to_selection(vectors, operation, antialias=1, feather=0, feather_radius_x=0, feather_radius_y=0):
    selected(
        vectors.image,
        operation,
        feather,
        feather_radius_x,
        feather_radius_y,
        "gimp-image-select-item",
        vectors,
        antialias=antialias,
    )


@emulated
def gimp_selection_float(drawable, offset_x, offset_y):
    do("gimp-edit-cut", [drawable])
    floating = first(do("gimp-edit-paste", drawable, False))
    do("gimp-item-transform-translate", floating, offset_x, offset_y)
    return floating


# Editing


@emulated
def gimp_edit_clear(drawable):
    do("gimp-drawable-edit-clear", drawable)


@emulated
def gimp_edit_fill(drawable, fill_type):
    do("gimp-drawable-edit-fill", drawable, fill_type)


@emulated
def gimp_edit_copy(drawable):
    return do("gimp-edit-copy", [drawable])


@emulated
def gimp_edit_cut(drawable):
    return do("gimp-edit-cut", [drawable])


@emulated
def gimp_edit_paste(drawable, paste_into):
    return first(do("gimp-edit-paste", drawable, paste_into))


@emulated
def gimp_edit_named_paste(drawable, buffer_name, paste_into):
    return do("gimp-edit-named-paste", drawable, buffer_name, paste_into)


@emulated
def gimp_edit_stroke(drawable):
    do("gimp-drawable-edit-stroke-selection", drawable)


@emulated
def gimp_edit_stroke_vectors(drawable, vectors):
    do("gimp-drawable-edit-stroke-item", drawable, vectors)


@emulated
def gimp_edit_bucket_fill_full(drawable, fill_mode, paint_mode, opacity, threshold, sample_merged, fill_transparent,
                               criterion, x, y):  # fmt: skip
    """Where something is selected, x and y do not count: the selection is filled."""
    fill = FILLS[int(fill_mode)]
    with context(opacity=opacity, paint_mode=paint_mode, sample_threshold_int=int(threshold), sample_merged=sample_merged,
                 sample_transparent=fill_transparent, sample_criterion=criterion):  # fmt: skip
        if look("gimp-selection-is-empty", drawable.image):
            do("gimp-drawable-edit-bucket-fill", drawable, fill, x, y)
        else:
            do("gimp-drawable-edit-fill", drawable, fill)


@emulated
def gimp_edit_bucket_fill(drawable, fill_mode, paint_mode, opacity, threshold, sample_merged, x, y):
    gimp_edit_bucket_fill_full(drawable, fill_mode, paint_mode, opacity, threshold, sample_merged, None, None, x, y)


gimp_bucket_fill = PROCEDURES["gimp-bucket-fill"] = gimp_edit_bucket_fill


@emulated
def gimp_edit_blend(
    drawable,
    blend_mode,
    paint_mode,
    gradient_type,
    opacity,
    offset,
    repeat,
    reverse,
    supersample,
    max_depth,
    threshold,
    dither,
    x1,
    y1,
    x2,
    y2,
):
    with context(opacity=opacity, paint_mode=paint_mode, gradient_repeat_mode=repeat, gradient_reverse=reverse):
        kinds = ("fg-bg-rgb", "fg-bg-hsv-cw", "fg-transparent")
        if int(blend_mode) < len(kinds):
            do("gimp-context-set-gradient-" + kinds[int(blend_mode)])
        do(
            "gimp-drawable-edit-gradient-fill",
            drawable,
            gradient_type,
            offset,
            supersample,
            max(1, max_depth),
            threshold,
            dither,
            x1,
            y1,
            x2,
            y2,
        )


gimp_blend = PROCEDURES["gimp-blend"] = gimp_edit_blend


@emulated
def gimp_color_picker(image, drawable, x, y, sample_merged, sample_average, average_radius):
    return do("gimp-image-pick-color", image, [drawable], x, y, sample_merged, sample_average, average_radius)


@emulated
def gimp_image_pick_color(image, drawable, x, y, sample_merged, sample_average, average_radius):
    return do("gimp-image-pick-color", image, [drawable], x, y, sample_merged, sample_average, average_radius)


# Colours. 2.8 counts 0 to 255 where GIMP 3 counts 0 to 1, and -127 to 127 where it counts -1 to 1.


@emulated
def gimp_invert(drawable):
    do("gimp-drawable-invert", drawable, False)


@emulated
def gimp_desaturate(drawable):
    do("gimp-drawable-desaturate", drawable, 0)


@emulated
def gimp_desaturate_full(drawable, mode):
    do("gimp-drawable-desaturate", drawable, mode)


@emulated
def gimp_threshold(drawable, low, high):
    do("gimp-drawable-threshold", drawable, 0, low / 255, high / 255)


def mapped(drawable, channel, curve):
    """Sends all values of a channel (0 value: red, green and blue alike; 1 to 3 one of them; 4 alpha) through 256 others.

    On 8 bits of sRGB's curve, as 2.10 did it; GIMP 3 reckons in linear light here. curve: of 0 to 1, likewise.
    """
    table = bytes(round(255 * min(1.0, max(0.0, curve(each / 255)))) for each in range(256))
    source, bpp = pixels.surface(drawable, False), drawable.bpp
    data = bytearray(source.read(0, 0, source.width, source.height))
    channels = range(bpp - (bpp in (2, 4))) if channel == 0 else [bpp - 1] if channel == 4 else [min(channel, bpp) - 1]
    for each in channels:
        data[each::bpp] = data[each::bpp].translate(table)
    pixels.surface(drawable, True).write(0, 0, source.width, source.height, bytes(data))
    do("gimp-drawable-merge-shadow", drawable, True)
    do("gimp-drawable-update", drawable, 0, 0, source.width, source.height)


@emulated
def gimp_brightness_contrast(drawable, brightness, contrast):
    """GEGL's gimp:brightness-contrast, whose brightness is half of what it is told."""
    bright, slope = brightness / 127 / 2, math.tan((contrast / 127 + 1) * math.pi / 4)

    def curve(value):
        value = value * (1 + bright) if bright < 0 else value + (1 - value) * bright
        return (value - 0.5) * slope + 0.5

    mapped(drawable, 0, curve)


@emulated
def gimp_levels(drawable, channel, low_input, high_input, gamma, low_output, high_output):
    def curve(value):
        value = min(1.0, max(0.0, (255 * value - low_input) / max(1, high_input - low_input)))
        return (value ** (1 / gamma) * (high_output - low_output) + low_output) / 255

    mapped(drawable, int(channel), curve)


@emulated
def gimp_hue_saturation(drawable, hue_range, hue_offset, lightness, saturation):
    do("gimp-drawable-hue-saturation", drawable, hue_range, hue_offset, lightness, saturation, 0)


@emulated
def gimp_curves_spline(drawable, channel, num_points, points):
    do(
        "gimp-drawable-curves-spline",
        drawable,
        channel,
        [each / 255 for each in list(bytes(points))[: int(num_points)]],
    )


@emulated
def gimp_curves_explicit(drawable, channel, num_bytes, curve):
    do(
        "gimp-drawable-curves-explicit",
        drawable,
        channel,
        [each / 255 for each in list(bytes(curve))[: int(num_bytes)]],
    )


@emulated
def gimp_histogram(drawable, channel, start, end):
    mean, deviation, median, count, inside, percentile = do(
        "gimp-drawable-histogram", drawable, channel, start / 255, end / 255
    )
    return mean, deviation, median, count, inside, percentile


# Transforms


def transformed(procedure, item, *given, interpolation=None, direction=None, clip=None):
    with context(
        interpolation=interpolation, transform_direction=direction, transform_resize=None if clip is None else int(clip)
    ):
        return do("gimp-item-transform-" + procedure, item, *given)


@emulated
def gimp_rotate(drawable, interpolation, angle):
    return transformed("rotate", drawable, angle, True, 0, 0, interpolation=2 if interpolation else 0)


@emulated
def gimp_scale(drawable, interpolation, x0, y0, x1, y1):
    return transformed("scale", drawable, x0, y0, x1, y1, interpolation=2 if interpolation else 0)


@emulated
def gimp_shear(drawable, interpolation, shear_type, magnitude):
    return transformed("shear", drawable, shear_type, magnitude, interpolation=2 if interpolation else 0)


@emulated
def gimp_perspective(drawable, interpolation, *corners):
    return transformed("perspective", drawable, *corners, interpolation=2 if interpolation else 0)


@emulated
def gimp_transform_2d(drawable, interpolation, *given):
    return transformed("2d", drawable, *given, interpolation=2 if interpolation else 0)


@emulated
def gimp_flip(drawable, flip_type):
    return transformed("flip-simple", drawable, flip_type, True, 0)


@emulated
def gimp_drawable_transform_flip_simple(drawable, flip_type, auto_center, axis, clip_result):
    return transformed("flip-simple", drawable, flip_type, auto_center, axis, clip=clip_result)


@emulated
def gimp_drawable_transform_rotate_simple(drawable, rotate_type, auto_center, center_x, center_y, clip_result):
    return transformed("rotate-simple", drawable, rotate_type, auto_center, center_x, center_y, clip=clip_result)


def _transforms():
    """gimp-drawable-transform-KIND(item, ..., direction, interpolation, supersample, recursion, clip) and its -default form."""
    for kind, count in (("flip", 4), ("perspective", 8), ("rotate", 4), ("scale", 4), ("shear", 2), ("2d", 7)):

        def whole(item, *given, kind=kind, count=count):
            direction, interpolation, _, _, clip = given[count:]
            return transformed(kind, item, *given[:count], interpolation=interpolation, direction=direction, clip=clip)

        def default(item, *given, kind=kind, count=count):
            interpolate, clip = given[count:]
            return transformed(kind, item, *given[:count], interpolation=2 if interpolate else 0, clip=clip)

        PROCEDURES[f"gimp-drawable-transform-{kind}"] = whole
        PROCEDURES[f"gimp-drawable-transform-{kind}-default"] = default


_transforms()


# Paths


@emulated
def gimp_vectors_stroke_get_points(vectors, stroke):
    kind, points, closed = look("gimp-path-stroke-get-points", vectors, stroke)
    return kind, len(points), tuple(points), closed


@emulated
def gimp_vectors_stroke_interpolate(vectors, stroke, precision):
    points, closed = look("gimp-path-stroke-interpolate", vectors, stroke, precision)
    return len(points), tuple(points), closed


@emulated
def gimp_vectors_import_from_file(image, filename, merge, scale):
    found = do("gimp-image-import-paths-from-file", image, filename, merge, scale)
    return len(found), tuple(found)


@emulated
def gimp_path_list(image):
    found = [look("gimp-item-get-name", each) for each in look("gimp-image-get-paths", image)]
    return len(found), tuple(found)


# Text


@emulated
def gimp_text_fontname(image, drawable, x, y, text, border, antialias, size, size_type, fontname):
    return do(
        "gimp-text-font", image, drawable, x, y, text, border, antialias, _in_pixels(size, size_type, image), fontname
    )


@emulated
def gimp_text_get_extents_fontname(text, size, size_type, fontname):
    return do("gimp-text-get-extents-font", text, _in_pixels(size, size_type, None), fontname)


def _in_pixels(size, size_type, image):
    """Points (1) by the image's resolution."""
    if not int(size_type):
        return size
    resolution = look("gimp-image-get-resolution", image)[1] if image is not None else 72.0
    return size * resolution / 72


# Files


def saved(image, drawable, filename, procedure, whole, *given):
    """Writes a file; formats without layers have the drawable alone, as in 2.10."""
    if whole:
        do(procedure, image, filename, *given)
        return
    width, height = look("gimp-drawable-get-width", drawable), look("gimp-drawable-get-height", drawable)
    alone = do("gimp-image-new", width, height, look("gimp-image-get-base-type", image))
    try:
        if look("gimp-drawable-is-indexed", drawable):
            do("gimp-image-set-palette", alone, look("gimp-image-get-palette", image))
        copy = do("gimp-layer-new-from-drawable", drawable, alone)
        do("gimp-image-insert-layer", alone, copy, None, 0)
        for procedure_of, value in (("opacity", 100.0), ("offsets", None)):
            do("gimp-layer-set-" + procedure_of, copy, *((0, 0) if value is None else (value,)))
        do("gimp-item-set-visible", copy, True)
        do(procedure, alone, filename, *given)
    finally:
        do("gimp-image-delete", alone)


LAYERED = ("gif", "psd", "tiff", "pdf", "webp", "ora", "mng", "xcf")


def _exporters():
    def made(kind):
        def save(image, drawable, filename, raw_filename=None, *options):
            given = ()
            if kind == "png" and len(options) >= 2:
                given = (bool(options[0]), int(options[1]))
            elif kind == "jpeg" and options:
                given = (float(options[0]), float(options[1]) if len(options) > 1 else 0.0)
            saved(image, drawable, filename, f"file-{kind}-export", kind in LAYERED, *given)

        return save

    for kind in (
        "png",
        "jpeg",
        "bmp",
        "gif",
        "tiff",
        "webp",
        "tga",
        "psd",
        "ppm",
        "pgm",
        "pbm",
        "pnm",
        "pcx",
        "xpm",
        "pdf",
        "ico",
        "exr",
        "sgi",
    ):
        PROCEDURES[f"file-{kind}-save"] = made(kind)
    for name in ("file-png-save-defaults", "file-png-save2"):
        PROCEDURES[name] = PROCEDURES["file-png-save"]
    PROCEDURES["file-tiff-save2"] = PROCEDURES["file-tiff-save"]


_exporters()


@emulated
def gimp_file_save(image, drawable, filename, raw_filename=None):
    kind = os.path.splitext(str(filename))[1].lower().lstrip(".")
    saved(image, drawable, filename, "gimp-file-save", {"tif": "tiff"}.get(kind, kind) in LAYERED)


LOADED = {}  # of images that were loaded here, their files: GIMP 3 tells no script


@emulated
def gimp_file_load(filename, raw_filename=None):
    image = do("gimp-file-load", filename)
    LOADED[image.ID] = filename
    return image


@emulated
def gimp_image_get_filename(image):
    return image.filename


@emulated
def gimp_image_set_filename(image, filename):
    """GIMP 3 takes names of XCF files alone; another is known to this plug-in, and not to GIMP."""
    if re.search(r"\.xcf(\.\w+)?$", filename):
        do("gimp-image-set-file", image, filename)
        LOADED.pop(image.ID, None)
    else:
        LOADED[image.ID] = filename


@emulated
def gimp_image_get_uri(image):
    path = image.filename
    return path and "file://" + path


@emulated
def gimp_xcf_save(dummy, image, drawable, filename, raw_filename=None):
    do("gimp-file-save", image, filename)


@emulated
def gimp_xcf_load(dummy, filename, raw_filename=None):
    return gimp_file_load(filename)


# Of GIMP 2's plug-ins, those that are procedures of GIMP 3's own


@emulated
def plug_in_autocrop(image, drawable):
    do("gimp-image-autocrop", image, drawable)


@emulated
def plug_in_autocrop_layer(image, drawable):
    do("gimp-image-set-selected-layers", image, [drawable])
    do("gimp-image-autocrop-selected-layers", image, drawable)


@emulated
def plug_in_rotate(image, drawable, quarters, everything):
    if int(quarters) % 4:
        turn = int(quarters) % 4 - 1
        if everything:
            do("gimp-image-rotate", image, turn)
        else:
            do("gimp-item-transform-rotate-simple", drawable, turn, True, 0, 0)


@emulated
def plug_in_colors_channel_mixer(image, drawable, monochrome, *gains):
    """Nine gains, of red, green and blue for red, green and blue; on 8 bits."""
    source, bpp = pixels.surface(drawable, False), drawable.bpp
    data = bytes(source.read(0, 0, source.width, source.height))
    planes = [data[each::bpp] for each in range(3)]
    made = bytearray(data)
    for each in range(3):
        r, g, b = gains[:3] if monochrome else gains[3 * each : 3 * each + 3]
        made[each::bpp] = bytes(min(255, max(0, round(r * x + g * y + b * z))) for x, y, z in zip(*planes))
    pixels.surface(drawable, True).write(0, 0, source.width, source.height, bytes(made))
    do("gimp-drawable-merge-shadow", drawable, True)


@emulated
def script_fu_copy_visible(image, drawable):
    do("gimp-edit-copy-visible", image)


# What plug-ins keep, and what they tell


@emulated
def gimp_procedural_db_set_data(name, num_bytes, data):
    WRAP["gimp"].set_data(name, data)


@emulated
def gimp_procedural_db_get_data(name):
    data = WRAP["gimp"].get_data(name)
    return len(data), data


@emulated
def gimp_procedural_db_proc_exists(name):
    return int(name in _pdb())


@emulated
def gimp_procedural_db_query(name="", *more):
    found = _pdb().query(name)
    return len(found), found


def _pdb():
    from gimpfu_backend.pdb import pdb

    return pdb


@emulated
def gimp_progress_init(text, display=None):
    host.progress(text, None)


@emulated
def gimp_progress_update(fraction):
    host.progress(None, float(fraction))


@emulated
def gimp_progress_set_text(text):
    host.progress(text, None)


@emulated
def gimp_message(text):
    host.message(str(text))


@emulated
def gimp_image_freeze_vectors(image):
    do("gimp-image-freeze-paths", image)


@emulated
def gimp_image_thaw_vectors(image):
    do("gimp-image-thaw-paths", image)


__all__ = ["PROCEDURES", "color"]
