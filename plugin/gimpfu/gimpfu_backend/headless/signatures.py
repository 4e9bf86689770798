"""GIMP 3.0.4's arguments and results of the headless host's procedures: one a line, and indented what goes on."""

from __future__ import annotations

import re

from gimpfu_backend import Signature

_SIGNATURES = """
file-bmp-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions use-rle:gboolean
    write-color-space:gboolean rgb-format:gchararray ->
file-bmp-load run-mode:GimpRunMode file:GFile -> GimpImage
file-gif-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions interlace:gboolean
    loop:gboolean number-of-repeats:gint default-delay:gint default-dispose:gchararray as-animation:gboolean
    force-delay:gboolean force-dispose:gboolean ->
file-jpeg-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions quality:gdouble
    smoothing:gdouble optimize:gboolean progressive:gboolean cmyk:gboolean sub-sampling:gchararray baseline:gboolean
    restart:gint dct:gchararray include-exif:gboolean include-iptc:gboolean include-xmp:gboolean
    include-color-profile:gboolean include-thumbnail:gboolean include-comment:gboolean ->
file-jpeg-load run-mode:GimpRunMode file:GFile -> GimpImage
file-pcx-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions ->
file-png-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions interlaced:gboolean
    compression:gint bkgd:gboolean offs:gboolean phys:gboolean time:gboolean save-transparent:gboolean
    optimize-palette:gboolean format:gchararray include-exif:gboolean include-iptc:gboolean include-xmp:gboolean
    include-color-profile:gboolean include-thumbnail:gboolean include-comment:gboolean ->
file-png-load run-mode:GimpRunMode file:GFile -> GimpImage
file-tga-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions rle:gboolean
    origin:gchararray ->
file-tiff-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions bigtiff:gboolean
    compression:gchararray save-transparent-pixels:gboolean cmyk:gboolean include-exif:gboolean include-iptc:gboolean
    include-xmp:gboolean include-color-profile:gboolean include-thumbnail:gboolean include-comment:gboolean ->
file-tiff-load run-mode:GimpRunMode file:GFile -> GimpImage
file-webp-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions preset:gchararray
    lossless:gboolean quality:gdouble alpha-quality:gdouble use-sharp-yuv:gboolean animation-loop:gboolean
    minimize-size:gboolean keyframe-distance:gint default-delay:gint force-delay:gboolean animation:gboolean
    include-exif:gboolean include-iptc:gboolean include-xmp:gboolean include-color-profile:gboolean
    include-thumbnail:gboolean ->
gimp-attach-parasite parasite:GimpParasite ->
gimp-brush-get-angle brush:GimpBrush -> gdouble
gimp-brush-get-aspect-ratio brush:GimpBrush -> gdouble
gimp-brush-get-hardness brush:GimpBrush -> gdouble
gimp-brush-get-radius brush:GimpBrush -> gdouble
gimp-brush-get-shape brush:GimpBrush -> GimpBrushGeneratedShape
gimp-brush-get-spacing brush:GimpBrush -> gint
gimp-brush-get-spikes brush:GimpBrush -> gint
gimp-brush-is-generated brush:GimpBrush -> gboolean
gimp-brush-new name:gchararray -> GimpBrush
gimp-brush-set-angle brush:GimpBrush angle-in:gdouble -> gdouble
gimp-brush-set-aspect-ratio brush:GimpBrush aspect-ratio-in:gdouble -> gdouble
gimp-brush-set-hardness brush:GimpBrush hardness-in:gdouble -> gdouble
gimp-brush-set-radius brush:GimpBrush radius-in:gdouble -> gdouble
gimp-brush-set-shape brush:GimpBrush shape-in:GimpBrushGeneratedShape -> GimpBrushGeneratedShape
gimp-brush-set-spacing brush:GimpBrush spacing:gint ->
gimp-brush-set-spikes brush:GimpBrush spikes-in:gint -> gint
gimp-brushes-get-list filter:gchararray -> GimpCoreObjectArray
gimp-channel-combine-masks channel1:GimpChannel channel2:GimpChannel operation:GimpChannelOps offx:gint offy:gint ->
gimp-channel-copy channel:GimpChannel -> GimpChannel
gimp-channel-get-color channel:GimpChannel -> GeglColor
gimp-channel-get-opacity channel:GimpChannel -> gdouble
gimp-channel-get-show-masked channel:GimpChannel -> gboolean
gimp-channel-new image:GimpImage name:gchararray width:gint height:gint opacity:gdouble color:GeglColor -> GimpChannel
gimp-channel-set-color channel:GimpChannel color:GeglColor ->
gimp-channel-set-opacity channel:GimpChannel opacity:gdouble ->
gimp-channel-set-show-masked channel:GimpChannel show-masked:gboolean ->
gimp-context-get-antialias -> gboolean
gimp-context-get-background -> GeglColor
gimp-context-get-brush -> GimpBrush
gimp-context-get-brush-angle -> gdouble
gimp-context-get-brush-aspect-ratio -> gdouble
gimp-context-get-brush-force -> gdouble
gimp-context-get-brush-hardness -> gdouble
gimp-context-get-brush-size -> gdouble
gimp-context-get-brush-spacing -> gdouble
gimp-context-get-diagonal-neighbors -> gboolean
gimp-context-get-distance-metric -> GeglDistanceMetric
gimp-context-get-feather -> gboolean
gimp-context-get-feather-radius -> gdouble gdouble
gimp-context-get-font -> GimpFont
gimp-context-get-foreground -> GeglColor
gimp-context-get-gradient -> GimpGradient
gimp-context-get-gradient-blend-color-space -> GimpGradientBlendColorSpace
gimp-context-get-gradient-repeat-mode -> GimpRepeatMode
gimp-context-get-gradient-reverse -> gboolean
gimp-context-get-interpolation -> GimpInterpolationType
gimp-context-get-line-cap-style -> GimpCapStyle
gimp-context-get-line-dash-offset -> gdouble
gimp-context-get-line-join-style -> GimpJoinStyle
gimp-context-get-line-miter-limit -> gdouble
gimp-context-get-line-width -> gdouble
gimp-context-get-line-width-unit -> GimpUnit
gimp-context-get-opacity -> gdouble
gimp-context-get-paint-method -> gchararray
gimp-context-get-paint-mode -> GimpLayerMode
gimp-context-get-palette -> GimpPalette
gimp-context-get-pattern -> GimpPattern
gimp-context-get-sample-criterion -> GimpSelectCriterion
gimp-context-get-sample-merged -> gboolean
gimp-context-get-sample-threshold -> gdouble
gimp-context-get-sample-threshold-int -> gint
gimp-context-get-sample-transparent -> gboolean
gimp-context-get-stroke-method -> GimpStrokeMethod
gimp-context-get-transform-direction -> GimpTransformDirection
gimp-context-get-transform-resize -> GimpTransformResize
gimp-context-pop ->
gimp-context-push ->
gimp-context-set-antialias antialias:gboolean ->
gimp-context-set-background background:GeglColor ->
gimp-context-set-brush brush:GimpBrush ->
gimp-context-set-brush-angle angle:gdouble ->
gimp-context-set-brush-aspect-ratio aspect:gdouble ->
gimp-context-set-brush-default-hardness ->
gimp-context-set-brush-default-size ->
gimp-context-set-brush-default-spacing ->
gimp-context-set-brush-force force:gdouble ->
gimp-context-set-brush-hardness hardness:gdouble ->
gimp-context-set-brush-size size:gdouble ->
gimp-context-set-brush-spacing spacing:gdouble ->
gimp-context-set-default-colors ->
gimp-context-set-defaults ->
gimp-context-set-diagonal-neighbors diagonal-neighbors:gboolean ->
gimp-context-set-distance-metric metric:GeglDistanceMetric ->
gimp-context-set-feather feather:gboolean ->
gimp-context-set-feather-radius feather-radius-x:gdouble feather-radius-y:gdouble ->
gimp-context-set-font font:GimpFont ->
gimp-context-set-foreground foreground:GeglColor ->
gimp-context-set-gradient gradient:GimpGradient ->
gimp-context-set-gradient-blend-color-space blend-color-space:GimpGradientBlendColorSpace ->
gimp-context-set-gradient-fg-bg-rgb ->
gimp-context-set-gradient-fg-transparent ->
gimp-context-set-gradient-repeat-mode repeat-mode:GimpRepeatMode ->
gimp-context-set-gradient-reverse reverse:gboolean ->
gimp-context-set-interpolation interpolation:GimpInterpolationType ->
gimp-context-set-line-cap-style cap-style:GimpCapStyle ->
gimp-context-set-line-dash-offset dash-offset:gdouble ->
gimp-context-set-line-join-style join-style:GimpJoinStyle ->
gimp-context-set-line-miter-limit miter-limit:gdouble ->
gimp-context-set-line-width line-width:gdouble ->
gimp-context-set-line-width-unit line-width-unit:GimpUnit ->
gimp-context-set-opacity opacity:gdouble ->
gimp-context-set-paint-method name:gchararray ->
gimp-context-set-paint-mode paint-mode:GimpLayerMode ->
gimp-context-set-palette palette:GimpPalette ->
gimp-context-set-pattern pattern:GimpPattern ->
gimp-context-set-sample-criterion sample-criterion:GimpSelectCriterion ->
gimp-context-set-sample-merged sample-merged:gboolean ->
gimp-context-set-sample-threshold sample-threshold:gdouble ->
gimp-context-set-sample-threshold-int sample-threshold:gint ->
gimp-context-set-sample-transparent sample-transparent:gboolean ->
gimp-context-set-stroke-method stroke-method:GimpStrokeMethod ->
gimp-context-set-transform-direction transform-direction:GimpTransformDirection ->
gimp-context-set-transform-resize transform-resize:GimpTransformResize ->
gimp-context-swap-colors ->
gimp-detach-parasite name:gchararray ->
gimp-display-delete display:GimpDisplay ->
gimp-display-id-is-valid display-id:gint -> gboolean
gimp-display-new image:GimpImage -> GimpDisplay
gimp-display-present display:GimpDisplay ->
gimp-displays-flush ->
gimp-displays-reconnect old-image:GimpImage new-image:GimpImage ->
gimp-drawable-brightness-contrast drawable:GimpDrawable brightness:gdouble contrast:gdouble ->
gimp-drawable-color-balance drawable:GimpDrawable transfer-mode:GimpTransferMode preserve-lum:gboolean
    cyan-red:gdouble magenta-green:gdouble yellow-blue:gdouble ->
gimp-drawable-colorize-hsl drawable:GimpDrawable hue:gdouble saturation:gdouble lightness:gdouble ->
gimp-drawable-curves-explicit drawable:GimpDrawable channel:GimpHistogramChannel values:GimpDoubleArray ->
gimp-drawable-curves-spline drawable:GimpDrawable channel:GimpHistogramChannel points:GimpDoubleArray ->
gimp-drawable-desaturate drawable:GimpDrawable desaturate-mode:GimpDesaturateMode ->
gimp-drawable-edit-bucket-fill drawable:GimpDrawable fill-type:GimpFillType x:gdouble y:gdouble ->
gimp-drawable-edit-clear drawable:GimpDrawable ->
gimp-drawable-edit-fill drawable:GimpDrawable fill-type:GimpFillType ->
gimp-drawable-edit-gradient-fill drawable:GimpDrawable gradient-type:GimpGradientType offset:gdouble
    supersample:gboolean supersample-max-depth:gint supersample-threshold:gdouble dither:gboolean x1:gdouble
    y1:gdouble x2:gdouble y2:gdouble ->
gimp-drawable-equalize drawable:GimpDrawable mask-only:gboolean ->
gimp-drawable-fill drawable:GimpDrawable fill-type:GimpFillType ->
gimp-drawable-free-shadow drawable:GimpDrawable ->
gimp-drawable-get-bpp drawable:GimpDrawable -> gint
gimp-drawable-get-height drawable:GimpDrawable -> gint
gimp-drawable-get-offsets drawable:GimpDrawable -> gint gint
gimp-drawable-get-pixel drawable:GimpDrawable x-coord:gint y-coord:gint -> GeglColor
gimp-drawable-get-width drawable:GimpDrawable -> gint
gimp-drawable-has-alpha drawable:GimpDrawable -> gboolean
gimp-drawable-histogram drawable:GimpDrawable channel:GimpHistogramChannel start-range:gdouble end-range:gdouble ->
    gdouble gdouble gdouble gdouble gdouble gdouble
gimp-drawable-hue-saturation drawable:GimpDrawable hue-range:GimpHueRange hue-offset:gdouble lightness:gdouble
    saturation:gdouble overlap:gdouble ->
gimp-drawable-invert drawable:GimpDrawable linear:gboolean ->
gimp-drawable-is-gray drawable:GimpDrawable -> gboolean
gimp-drawable-is-indexed drawable:GimpDrawable -> gboolean
gimp-drawable-is-rgb drawable:GimpDrawable -> gboolean
gimp-drawable-levels drawable:GimpDrawable channel:GimpHistogramChannel low-input:gdouble high-input:gdouble
    clamp-input:gboolean gamma:gdouble low-output:gdouble high-output:gdouble clamp-output:gboolean ->
gimp-drawable-levels-stretch drawable:GimpDrawable ->
gimp-drawable-mask-bounds drawable:GimpDrawable -> gboolean gint gint gint gint
gimp-drawable-mask-intersect drawable:GimpDrawable -> gboolean gint gint gint gint
gimp-drawable-merge-shadow drawable:GimpDrawable undo:gboolean ->
gimp-drawable-offset drawable:GimpDrawable wrap-around:gboolean fill-type:GimpOffsetType color:GeglColor offset-x:gint
    offset-y:gint ->
gimp-drawable-posterize drawable:GimpDrawable levels:gint ->
gimp-drawable-set-pixel drawable:GimpDrawable x-coord:gint y-coord:gint color:GeglColor ->
gimp-drawable-threshold drawable:GimpDrawable channel:GimpHistogramChannel low-threshold:gdouble
    high-threshold:gdouble ->
gimp-drawable-type drawable:GimpDrawable -> GimpImageType
gimp-drawable-type-with-alpha drawable:GimpDrawable -> GimpImageType
gimp-drawable-update drawable:GimpDrawable x:gint y:gint width:gint height:gint ->
gimp-edit-copy drawables:GimpCoreObjectArray -> gboolean
gimp-edit-cut drawables:GimpCoreObjectArray -> gboolean
gimp-edit-paste drawable:GimpDrawable paste-into:gboolean -> GimpCoreObjectArray
gimp-file-load run-mode:GimpRunMode file:GFile -> GimpImage
gimp-file-load-layer run-mode:GimpRunMode image:GimpImage file:GFile -> GimpLayer
gimp-file-load-layers run-mode:GimpRunMode image:GimpImage file:GFile -> GimpCoreObjectArray
gimp-file-save run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions ->
gimp-floating-sel-anchor floating-sel:GimpLayer ->
gimp-floating-sel-remove floating-sel:GimpLayer ->
gimp-floating-sel-to-layer floating-sel:GimpLayer ->
gimp-fonts-get-list filter:gchararray -> GimpCoreObjectArray
gimp-fonts-refresh ->
gimp-get-default-comment -> gchararray
gimp-get-default-unit -> GimpUnit
gimp-get-images -> GimpCoreObjectArray
gimp-get-monitor-resolution -> gdouble gdouble
gimp-get-parasite name:gchararray -> GimpParasite
gimp-get-parasite-list -> GStrv
gimp-getpid -> gint
gimp-gimprc-query token:gchararray -> gchararray
gimp-gimprc-set token:gchararray value:gchararray ->
gimp-gradients-get-list filter:gchararray -> GimpCoreObjectArray
gimp-gradients-refresh ->
gimp-group-layer-merge group-layer:GimpGroupLayer -> GimpLayer
gimp-group-layer-new image:GimpImage name:gchararray -> GimpGroupLayer
gimp-image-add-hguide image:GimpImage yposition:gint -> guint
gimp-image-add-vguide image:GimpImage xposition:gint -> guint
gimp-image-attach-parasite image:GimpImage parasite:GimpParasite ->
gimp-image-clean-all image:GimpImage ->
gimp-image-convert-grayscale image:GimpImage ->
gimp-image-convert-indexed image:GimpImage dither-type:GimpConvertDitherType palette-type:GimpConvertPaletteType
    num-cols:gint alpha-dither:gboolean remove-unused:gboolean palette:gchararray ->
gimp-image-convert-rgb image:GimpImage ->
gimp-image-crop image:GimpImage new-width:gint new-height:gint offx:gint offy:gint ->
gimp-image-delete image:GimpImage ->
gimp-image-delete-guide image:GimpImage guide:guint ->
gimp-image-detach-parasite image:GimpImage name:gchararray ->
gimp-image-duplicate image:GimpImage -> GimpImage
gimp-image-find-next-guide image:GimpImage guide:gint -> guint
gimp-image-flatten image:GimpImage -> GimpLayer
gimp-image-flip image:GimpImage flip-type:GimpOrientationType ->
gimp-image-freeze-channels image:GimpImage ->
gimp-image-freeze-layers image:GimpImage ->
gimp-image-freeze-paths image:GimpImage ->
gimp-image-get-base-type image:GimpImage -> GimpImageBaseType
gimp-image-get-channel-by-name image:GimpImage name:gchararray -> GimpChannel
gimp-image-get-channel-by-tattoo image:GimpImage tattoo:guint -> GimpChannel
gimp-image-get-channels image:GimpImage -> GimpCoreObjectArray
gimp-image-get-component-active image:GimpImage component:GimpChannelType -> gboolean
gimp-image-get-component-visible image:GimpImage component:GimpChannelType -> gboolean
gimp-image-get-default-new-layer-mode image:GimpImage -> GimpLayerMode
gimp-image-get-exported-file image:GimpImage -> GFile
gimp-image-get-file image:GimpImage -> GFile
gimp-image-get-floating-sel image:GimpImage -> GimpLayer
gimp-image-get-guide-orientation image:GimpImage guide:guint -> GimpOrientationType
gimp-image-get-guide-position image:GimpImage guide:guint -> gint
gimp-image-get-height image:GimpImage -> gint
gimp-image-get-imported-file image:GimpImage -> GFile
gimp-image-get-item-position image:GimpImage item:GimpItem -> gint
gimp-image-get-layer-by-name image:GimpImage name:gchararray -> GimpLayer
gimp-image-get-layer-by-tattoo image:GimpImage tattoo:guint -> GimpLayer
gimp-image-get-layers image:GimpImage -> GimpCoreObjectArray
gimp-image-get-name image:GimpImage -> gchararray
gimp-image-get-palette image:GimpImage -> GimpPalette
gimp-image-get-parasite image:GimpImage name:gchararray -> GimpParasite
gimp-image-get-parasite-list image:GimpImage -> GStrv
gimp-image-get-path-by-name image:GimpImage name:gchararray -> GimpPath
gimp-image-get-path-by-tattoo image:GimpImage tattoo:guint -> GimpPath
gimp-image-get-paths image:GimpImage -> GimpCoreObjectArray
gimp-image-get-precision image:GimpImage -> GimpPrecision
gimp-image-get-resolution image:GimpImage -> gdouble gdouble
gimp-image-get-selected-channels image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selected-drawables image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selected-layers image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selected-paths image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selection image:GimpImage -> GimpSelection
gimp-image-get-tattoo-state image:GimpImage -> guint
gimp-image-get-unit image:GimpImage -> GimpUnit
gimp-image-get-width image:GimpImage -> gint
gimp-image-get-xcf-file image:GimpImage -> GFile
gimp-image-id-is-valid image-id:gint -> gboolean
gimp-image-insert-channel image:GimpImage channel:GimpChannel parent:GimpChannel position:gint ->
gimp-image-insert-layer image:GimpImage layer:GimpLayer parent:GimpLayer position:gint ->
gimp-image-insert-path image:GimpImage path:GimpPath parent:GimpPath position:gint ->
gimp-image-is-dirty image:GimpImage -> gboolean
gimp-image-lower-item image:GimpImage item:GimpItem ->
gimp-image-lower-item-to-bottom image:GimpImage item:GimpItem ->
gimp-image-merge-down image:GimpImage merge-layer:GimpLayer merge-type:GimpMergeType -> GimpLayer
gimp-image-merge-visible-layers image:GimpImage merge-type:GimpMergeType -> GimpLayer
gimp-image-new width:gint height:gint type:GimpImageBaseType -> GimpImage
gimp-image-pick-correlate-layer image:GimpImage x:gint y:gint -> GimpLayer
gimp-image-raise-item image:GimpImage item:GimpItem ->
gimp-image-raise-item-to-top image:GimpImage item:GimpItem ->
gimp-image-remove-channel image:GimpImage channel:GimpChannel ->
gimp-image-remove-layer image:GimpImage layer:GimpLayer ->
gimp-image-remove-path image:GimpImage path:GimpPath ->
gimp-image-reorder-item image:GimpImage item:GimpItem parent:GimpItem position:gint ->
gimp-image-resize image:GimpImage new-width:gint new-height:gint offx:gint offy:gint ->
gimp-image-resize-to-layers image:GimpImage ->
gimp-image-rotate image:GimpImage rotate-type:GimpRotationType ->
gimp-image-scale image:GimpImage new-width:gint new-height:gint ->
gimp-image-select-color image:GimpImage operation:GimpChannelOps drawable:GimpDrawable color:GeglColor ->
gimp-image-select-contiguous-color image:GimpImage operation:GimpChannelOps drawable:GimpDrawable x:gdouble y:gdouble
    ->
gimp-image-select-ellipse image:GimpImage operation:GimpChannelOps x:gdouble y:gdouble width:gdouble height:gdouble ->
gimp-image-select-item image:GimpImage operation:GimpChannelOps item:GimpItem ->
gimp-image-select-polygon image:GimpImage operation:GimpChannelOps segs:GimpDoubleArray ->
gimp-image-select-rectangle image:GimpImage operation:GimpChannelOps x:gdouble y:gdouble width:gdouble height:gdouble
    ->
gimp-image-select-round-rectangle image:GimpImage operation:GimpChannelOps x:gdouble y:gdouble width:gdouble
    height:gdouble corner-radius-x:gdouble corner-radius-y:gdouble ->
gimp-image-set-component-active image:GimpImage component:GimpChannelType active:gboolean ->
gimp-image-set-component-visible image:GimpImage component:GimpChannelType visible:gboolean ->
gimp-image-set-file image:GimpImage file:GFile ->
gimp-image-set-palette image:GimpImage new-palette:GimpPalette -> GimpPalette
gimp-image-set-resolution image:GimpImage xresolution:gdouble yresolution:gdouble ->
gimp-image-set-selected-channels image:GimpImage channels:GimpCoreObjectArray ->
gimp-image-set-selected-layers image:GimpImage layers:GimpCoreObjectArray ->
gimp-image-set-selected-paths image:GimpImage paths:GimpCoreObjectArray ->
gimp-image-set-tattoo-state image:GimpImage tattoo-state:guint ->
gimp-image-set-unit image:GimpImage unit:GimpUnit ->
gimp-image-thaw-channels image:GimpImage ->
gimp-image-thaw-layers image:GimpImage ->
gimp-image-thaw-paths image:GimpImage ->
gimp-image-undo-disable image:GimpImage -> gboolean
gimp-image-undo-enable image:GimpImage -> gboolean
gimp-image-undo-freeze image:GimpImage -> gboolean
gimp-image-undo-group-end image:GimpImage ->
gimp-image-undo-group-start image:GimpImage ->
gimp-image-undo-is-enabled image:GimpImage -> gboolean
gimp-image-undo-thaw image:GimpImage -> gboolean
gimp-image-unset-active-channel image:GimpImage ->
gimp-item-attach-parasite item:GimpItem parasite:GimpParasite ->
gimp-item-delete item:GimpItem ->
gimp-item-detach-parasite item:GimpItem name:gchararray ->
gimp-item-get-children item:GimpItem -> GimpCoreObjectArray
gimp-item-get-color-tag item:GimpItem -> GimpColorTag
gimp-item-get-expanded item:GimpItem -> gboolean
gimp-item-get-image item:GimpItem -> GimpImage
gimp-item-get-lock-content item:GimpItem -> gboolean
gimp-item-get-lock-position item:GimpItem -> gboolean
gimp-item-get-lock-visibility item:GimpItem -> gboolean
gimp-item-get-name item:GimpItem -> gchararray
gimp-item-get-parasite item:GimpItem name:gchararray -> GimpParasite
gimp-item-get-parasite-list item:GimpItem -> GStrv
gimp-item-get-parent item:GimpItem -> GimpItem
gimp-item-get-tattoo item:GimpItem -> guint
gimp-item-get-visible item:GimpItem -> gboolean
gimp-item-id-is-channel item-id:gint -> gboolean
gimp-item-id-is-drawable item-id:gint -> gboolean
gimp-item-id-is-group-layer item-id:gint -> gboolean
gimp-item-id-is-layer item-id:gint -> gboolean
gimp-item-id-is-layer-mask item-id:gint -> gboolean
gimp-item-id-is-path item-id:gint -> gboolean
gimp-item-id-is-selection item-id:gint -> gboolean
gimp-item-id-is-text-layer item-id:gint -> gboolean
gimp-item-id-is-valid item-id:gint -> gboolean
gimp-item-is-group item:GimpItem -> gboolean
gimp-item-set-color-tag item:GimpItem color-tag:GimpColorTag ->
gimp-item-set-expanded item:GimpItem expanded:gboolean ->
gimp-item-set-lock-content item:GimpItem lock-content:gboolean ->
gimp-item-set-lock-position item:GimpItem lock-position:gboolean ->
gimp-item-set-lock-visibility item:GimpItem lock-visibility:gboolean ->
gimp-item-set-name item:GimpItem name:gchararray ->
gimp-item-set-tattoo item:GimpItem tattoo:guint ->
gimp-item-set-visible item:GimpItem visible:gboolean ->
gimp-item-transform-flip-simple item:GimpItem flip-type:GimpOrientationType auto-center:gboolean axis:gdouble ->
    GimpItem
gimp-item-transform-rotate-simple item:GimpItem rotate-type:GimpRotationType auto-center:gboolean center-x:gdouble
    center-y:gdouble -> GimpItem
gimp-item-transform-scale item:GimpItem x0:gdouble y0:gdouble x1:gdouble y1:gdouble -> GimpItem
gimp-item-transform-translate item:GimpItem off-x:gdouble off-y:gdouble -> GimpItem
gimp-layer-add-alpha layer:GimpLayer ->
gimp-layer-add-mask layer:GimpLayer mask:GimpLayerMask ->
gimp-layer-copy layer:GimpLayer -> GimpLayer
gimp-layer-create-mask layer:GimpLayer mask-type:GimpAddMaskType -> GimpLayerMask
gimp-layer-flatten layer:GimpLayer ->
gimp-layer-from-mask mask:GimpLayerMask -> GimpLayer
gimp-layer-get-apply-mask layer:GimpLayer -> gboolean
gimp-layer-get-edit-mask layer:GimpLayer -> gboolean
gimp-layer-get-lock-alpha layer:GimpLayer -> gboolean
gimp-layer-get-mask layer:GimpLayer -> GimpLayerMask
gimp-layer-get-mode layer:GimpLayer -> GimpLayerMode
gimp-layer-get-opacity layer:GimpLayer -> gdouble
gimp-layer-get-show-mask layer:GimpLayer -> gboolean
gimp-layer-is-floating-sel layer:GimpLayer -> gboolean
gimp-layer-new image:GimpImage name:gchararray width:gint height:gint type:GimpImageType opacity:gdouble
    mode:GimpLayerMode -> GimpLayer
gimp-layer-new-from-drawable drawable:GimpDrawable dest-image:GimpImage -> GimpLayer
gimp-layer-new-from-visible image:GimpImage dest-image:GimpImage name:gchararray -> GimpLayer
gimp-layer-remove-mask layer:GimpLayer mode:GimpMaskApplyMode ->
gimp-layer-resize layer:GimpLayer new-width:gint new-height:gint offx:gint offy:gint ->
gimp-layer-resize-to-image-size layer:GimpLayer ->
gimp-layer-scale layer:GimpLayer new-width:gint new-height:gint local-origin:gboolean ->
gimp-layer-set-apply-mask layer:GimpLayer apply-mask:gboolean ->
gimp-layer-set-edit-mask layer:GimpLayer edit-mask:gboolean ->
gimp-layer-set-lock-alpha layer:GimpLayer lock-alpha:gboolean ->
gimp-layer-set-mode layer:GimpLayer mode:GimpLayerMode ->
gimp-layer-set-offsets layer:GimpLayer offx:gint offy:gint ->
gimp-layer-set-opacity layer:GimpLayer opacity:gdouble ->
gimp-layer-set-show-mask layer:GimpLayer show-mask:gboolean ->
gimp-message message:gchararray ->
gimp-message-get-handler -> GimpMessageHandlerType
gimp-message-set-handler handler:GimpMessageHandlerType ->
gimp-paintbrush-default drawable:GimpDrawable strokes:GimpDoubleArray ->
gimp-palette-add-entry palette:GimpPalette entry-name:gchararray color:GeglColor -> gint
gimp-palette-get-colors palette:GimpPalette -> GimpColorArray
gimp-palette-new name:gchararray -> GimpPalette
gimp-palettes-get-list filter:gchararray -> GimpCoreObjectArray
gimp-palettes-refresh ->
gimp-path-copy path:GimpPath -> GimpPath
gimp-path-get-strokes path:GimpPath -> GimpInt32Array
gimp-path-new image:GimpImage name:gchararray -> GimpPath
gimp-path-remove-stroke path:GimpPath stroke-id:gint ->
gimp-path-stroke-close path:GimpPath stroke-id:gint ->
gimp-path-stroke-get-length path:GimpPath stroke-id:gint precision:gdouble -> gdouble
gimp-path-stroke-get-points path:GimpPath stroke-id:gint -> GimpPathStrokeType GimpDoubleArray gboolean
gimp-path-stroke-interpolate path:GimpPath stroke-id:gint precision:gdouble -> GimpDoubleArray gboolean
gimp-path-stroke-new-from-points path:GimpPath type:GimpPathStrokeType controlpoints:GimpDoubleArray closed:gboolean
    -> gint
gimp-path-stroke-translate path:GimpPath stroke-id:gint off-x:gdouble off-y:gdouble ->
gimp-patterns-get-list filter:gchararray -> GimpCoreObjectArray
gimp-patterns-refresh ->
gimp-pencil drawable:GimpDrawable strokes:GimpDoubleArray ->
gimp-progress-end ->
gimp-progress-pulse ->
gimp-progress-set-text message:gchararray ->
gimp-quit force:gboolean ->
gimp-resource-delete resource:GimpResource ->
gimp-selection-all image:GimpImage ->
gimp-selection-border image:GimpImage radius:gint ->
gimp-selection-bounds image:GimpImage -> gboolean gint gint gint gint
gimp-selection-feather image:GimpImage radius:gdouble ->
gimp-selection-flood image:GimpImage ->
gimp-selection-grow image:GimpImage steps:gint ->
gimp-selection-invert image:GimpImage ->
gimp-selection-is-empty image:GimpImage -> gboolean
gimp-selection-none image:GimpImage ->
gimp-selection-save image:GimpImage -> GimpChannel
gimp-selection-sharpen image:GimpImage ->
gimp-selection-shrink image:GimpImage steps:gint ->
gimp-selection-translate image:GimpImage offx:gint offy:gint ->
gimp-selection-value image:GimpImage x:gint y:gint -> gint
gimp-temp-file extension:gchararray -> GFile
gimp-version -> gchararray
"""


def _read():
    for line in _SIGNATURES.replace("\n    ", " ").strip().splitlines():
        name, given, results = re.match(r"(\S+)(.*?)->(.*)", line).groups()
        pairs = [each.split(":") for each in given.split()]
        yield name, Signature([each[0] for each in pairs], [each[1] for each in pairs], results.split())


SIGNATURES = dict(_read())
