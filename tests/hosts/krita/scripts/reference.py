"""Another open document as the reference, in whatever colour space: its colours are the same ones in this document's."""

from colorgan.host import Canvas, HostError
from colorgan.jobs import Job, Wishes
from helpers import app, layer, show

CLAY = "ClayRGB-elle-V2-srgbtrc.icc"  # Krita's own, as wide as Adobe RGB
COLORS = ((214, 63, 41, 255), (30, 160, 60, 255), (240, 200, 90, 255), (128, 128, 128, 255))
SPACES = (("RGBA", "U8", CLAY), ("RGBA", "U16", CLAY), ("RGBA", "F32", ""), ("GRAYA", "U8", ""), ("CMYKA", "U8", ""))


def steps(report, out):
    doc = app.createDocument(64, 64, "drawing", "RGBA", "U8", "", 72.0)
    yield from show(doc)
    canvas = Canvas(doc)
    for model, depth, profile in SPACES:
        other = app.createDocument(64, 16, "reference", "RGBA", "U8", "", 72.0)
        yield from show(other)
        layer(other, "colours", [(16 * n, 0, 16, 16, color) for n, color in enumerate(COLORS)])
        other.refreshProjection()
        yield 300
        assert other.setColorSpace(model, depth, profile or other.colorProfile() if model == "RGBA" else "")
        other.refreshProjection()
        yield 300
        space = (other.colorModel(), other.colorDepth(), other.colorProfile())
        assert space[:2] == (model, depth), space
        before = bytes(other.pixelData(0, 0, 64, 16).data())
        blob = canvas.other(other, "reference")
        assert (blob.width, blob.height, blob.dtype, len(blob.data)) == (64, 16, "uint8", blob.size)
        found = [tuple(blob.data[4 * (64 * 8 + 16 * n + 8) :][:4]) for n in range(4)]
        report[f"{model} {depth}"] = found
        for color, (blue, green, red, opacity) in zip(COLORS, found, strict=True):
            apart = max(abs(a - b) for a, b in zip(color, (red, green, blue, opacity), strict=True))
            # CMYK holds these colours roughly
            assert apart <= {"RGBA": 2, "CMYKA": 60, "GRAYA": 255}[model], (model, depth, color, found)
        if model == "GRAYA":
            assert all(max(each[:3]) - min(each[:3]) <= 1 for each in found), found
        assert (other.colorModel(), other.colorDepth(), other.colorProfile()) == space, "it stays as it was"
        assert bytes(other.pixelData(0, 0, 64, 16).data()) == before
        other.setModified(False)
        other.close()
        yield 200

    # hints are not the drawing, too
    yield from show(doc)
    dabs = layer(doc, "dabs", [(10, 10, 8, 8, COLORS[0])])
    yield 200
    try:
        for _ in Job(canvas, Wishes("colorize", {"task": "lineart"}, (dabs,), hints=dabs)).reading():
            pass
    except HostError as error:
        report["refused"] = str(error)
    assert "dabs" in report["refused"] and "drawing" in report["refused"]
