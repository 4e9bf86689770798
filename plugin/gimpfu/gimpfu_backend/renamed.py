"""Procedures that GIMP 3 knows by another name, with the same arguments, and those that cannot be had."""

from __future__ import annotations

import re

# Old and new; what goes by a rule is below.
_NAMES = dict(
    line.split()
    for line in """
gimp-image-width gimp-image-get-width
gimp-image-height gimp-image-get-height
gimp-image-base-type gimp-image-get-base-type
gimp-image-is-valid gimp-image-id-is-valid
gimp-drawable-width gimp-drawable-get-width
gimp-drawable-height gimp-drawable-get-height
gimp-drawable-bpp gimp-drawable-get-bpp
gimp-drawable-bytes gimp-drawable-get-bpp
gimp-drawable-set-visible gimp-item-set-visible
gimp-drawable-delete gimp-item-delete
gimp-layer-delete gimp-item-delete
gimp-channel-delete gimp-item-delete
gimp-layer-translate gimp-item-transform-translate
gimp-layer-mask gimp-layer-get-mask
gimp-layer-set-preserve-trans gimp-layer-set-lock-alpha
gimp-layer-get-preserve-trans gimp-layer-get-lock-alpha
gimp-image-raise-layer-to-top gimp-image-raise-item-to-top
gimp-image-lower-layer-to-bottom gimp-image-lower-item-to-bottom
gimp-image-raise-vectors-to-top gimp-image-raise-item-to-top
gimp-image-lower-vectors-to-bottom gimp-image-lower-item-to-bottom
gimp-image-floating-selection gimp-image-get-floating-sel
gimp-channel-ops-duplicate gimp-image-duplicate
gimp-convert-rgb gimp-image-convert-rgb
gimp-convert-grayscale gimp-image-convert-grayscale
gimp-convert-indexed gimp-image-convert-indexed
gimp-crop gimp-image-crop
gimp-undo-push-group-start gimp-image-undo-group-start
gimp-undo-push-group-end gimp-image-undo-group-end
gimp-selection-clear gimp-selection-none
gimp-palette-set-default-colors gimp-context-set-default-colors
gimp-palette-swap-colors gimp-context-swap-colors
gimp-palette-get-foreground gimp-context-get-foreground
gimp-palette-set-foreground gimp-context-set-foreground
gimp-palette-get-background gimp-context-get-background
gimp-palette-set-background gimp-context-set-background
gimp-palette-refresh gimp-palettes-refresh
gimp-palettes-set-palette gimp-context-set-palette
gimp-brushes-set-brush gimp-context-set-brush
gimp-brushes-list gimp-brushes-get-list
gimp-brushes-set-opacity gimp-context-set-opacity
gimp-brushes-get-opacity gimp-context-get-opacity
gimp-brushes-set-paint-mode gimp-context-set-paint-mode
gimp-brushes-get-paint-mode gimp-context-get-paint-mode
gimp-brushes-set-spacing gimp-context-set-brush-spacing
gimp-brushes-get-spacing gimp-context-get-brush-spacing
gimp-patterns-set-pattern gimp-context-set-pattern
gimp-patterns-list gimp-patterns-get-list
gimp-gradients-set-active gimp-context-set-gradient
gimp-gradients-set-gradient gimp-context-set-gradient
gimp-gradients-get-active gimp-context-get-gradient
gimp-gradients-get-gradient gimp-context-get-gradient
gimp-image-merge-layer-group gimp-group-layer-merge
gimp-edit-paste-as-new gimp-edit-paste-as-new-image
gimp-edit-named-paste-as-new gimp-edit-named-paste-as-new-image
gimp-image-get-vectors-by-name gimp-image-get-path-by-name
gimp-image-get-vectors-by-tattoo gimp-image-get-path-by-tattoo
gimp-get-path-by-tattoo gimp-image-get-path-by-tattoo
gimp-image-get-vectors gimp-image-get-paths
gimp-image-insert-vectors gimp-image-insert-path
gimp-image-remove-vectors gimp-image-remove-path
gimp-vectors-export-to-file gimp-image-export-path-to-file
gimp-vectors-export-to-string gimp-image-export-path-to-string
gimp-floating-sel-relax gimp-floating-sel-anchor
gimp-image-list gimp-get-images
gimp-temp-name gimp-temp-file
gimp-display-is-valid gimp-display-id-is-valid
gimp-buffers-get-list gimp-buffers-get-name-list
gimp-dynamics-get-list gimp-dynamics-get-name-list
gimp-context-set-dynamics gimp-context-set-dynamics-name
gimp-context-get-dynamics gimp-context-get-dynamics-name
gimp-palette-entry-get-color gimp-palette-get-entry-color
gimp-palette-entry-set-color gimp-palette-set-entry-color
gimp-palette-entry-get-name gimp-palette-get-entry-name
gimp-palette-entry-set-name gimp-palette-set-entry-name
gimp-levels-auto gimp-drawable-levels-stretch
gimp-levels-stretch gimp-drawable-levels-stretch
gimp-equalize gimp-drawable-equalize
gimp-posterize gimp-drawable-posterize
gimp-colorize gimp-drawable-colorize-hsl
gimp-color-balance gimp-drawable-color-balance
gimp-image-get-imported-uri gimp-image-get-imported-file
gimp-image-get-xcf-uri gimp-image-get-xcf-file
gimp-image-get-exported-uri gimp-image-get-exported-file
gimp-parasite-find gimp-get-parasite
gimp-parasite-attach gimp-attach-parasite
gimp-parasite-detach gimp-detach-parasite
gimp-parasite-list gimp-get-parasite-list
gimp-plugin-domain-register gimp-plug-in-domain-register
gimp-vectors-bezier-stroke-new-moveto gimp-path-bezier-stroke-new-moveto
gimp-drawable-transform-flip-simple gimp-item-transform-flip-simple
gimp-drawable-transform-rotate-simple gimp-item-transform-rotate-simple
""".strip().splitlines()
)

# Tried in turn, on names that are not above.
_RULES = (
    (r"^gimp-image-parasite-(find|attach|detach|list)$", lambda m: f"gimp-image-{_PARASITE[m[1]]}"),
    (r"^gimp-(item|drawable|vectors)-parasite-(find|attach|detach|list)$", lambda m: f"gimp-item-{_PARASITE[m[2]]}"),
    (r"^gimp-(?:drawable|layer|channel|vectors)-(get|set)-(name|visible|tattoo|image)$", lambda m: f"gimp-item-{m[1]}-{m[2]}"),
    (
        r"^gimp-(?:drawable|item|vectors)-is-(valid|layer|channel|layer-mask|text-layer|drawable|selection)$",
        lambda m: f"gimp-item-id-is-{m[1]}",
    ),
    (r"^gimp-item-is-vectors$", lambda m: "gimp-item-id-is-path"),
    (r"^gimp-image-(raise|lower)-(?:layer|channel|vectors)$", lambda m: f"gimp-image-{m[1]}-item"),
    (r"^gimp-image-get-(?:layer|channel|vectors)-position$", lambda m: "gimp-image-get-item-position"),
    (r"^gimp-vectors-(.*)$", lambda m: f"gimp-path-{m[1]}"),
    (r"^gimp-(brush|gradient|palette|pattern)-(delete|duplicate|rename|is-editable)$", lambda m: f"gimp-resource-{m[2]}"),
    (r"^file-(.*)-save2?$", lambda m: f"file-{m[1]}-export"),
)  # fmt: skip
_PARASITE = {
    "find": "get-parasite",
    "attach": "attach-parasite",
    "detach": "detach-parasite",
    "list": "get-parasite-list",
}


def new_name(name):
    """GIMP 3's name of one of GIMP 2's procedures; the same where there is no other."""
    if name in _NAMES:
        return _NAMES[name]
    for pattern, made in _RULES:
        found = re.match(pattern, name)
        if found:
            return made(found)
    return name


REFUSED = {
    "gimp-plugin-menu-register": "give `menu=` to `register()` instead.",
    "gimp-item-set-linked": "GIMP 3 has no linked layers; select several instead (gimp_image_set_selected_layers).",
    "gimp-text": "fonts have names only; use gimp_text_fontname.",
    "gimp-text-get-extents": "fonts have names only; use gimp_text_get_extents_fontname.",
    "gimp-path-get-points": "use gimp_vectors_get_strokes and gimp_vectors_stroke_get_points.",
    "gimp-path-set-points": "use gimp_vectors_new and gimp_vectors_stroke_new_from_points.",
    "gimp-path-to-selection": "use gimp_vectors_to_selection.",
    "gimp-image-thumbnail": "duplicate the image and scale it.",
    "gimp-drawable-thumbnail": "copy the layer to a new image and scale it.",
    "plug-in-displace": "GIMP 3 has it as a filter with two inputs alone, which no plug-in can call yet.",
    "plug-in-bump-map": "GIMP 3 has it as a filter with two inputs alone, which no plug-in can call yet.",
    "plug-in-icc-profile-apply": "use gimp_image_convert_color_profile_from_file.",
    "plug-in-icc-profile-set": "use gimp_image_set_color_profile_from_file.",
    "gimp-foreground-extract": "GIMP 3 extracts by its tool alone.",
    "gimp-online-wiki": "GIMP has no wiki any more.",
    "gimp-context-set-transform-recursion": "GIMP 3 does not transform in steps any more; leave the call out.",
    "gimp-unit-set-deletion-flag": "GIMP 3 keeps units by its own window; leave the call out.",
    "plug-in-filter-pack": "GIMP 3 dropped it; use gimp_drawable_hue_saturation.",
    "plug-in-iwarp": "GIMP 3 dropped it; use its warp tool.",
}
