"""What happens to a document, told once: for the fake Krita in tests/plugin, and, as `steps`, for the real one."""

SIZE = 240


def draw(document, node, x, y, width, height, color):
    """A rectangle of (r, g, b, a), 8 bits."""
    red, green, blue, alpha = color
    node.setPixelData(bytes((blue, green, red, alpha)) * (width * height), x, y, width, height)


def at(document, node, x, y):
    blue, green, red, alpha = node.pixelData(x, y, 1, 1).data()
    return red, green, blue, alpha


def names(node):
    return [child.name() for child in node.childNodes()]


def story(document, colorgan):
    """document: SIZE x SIZE with nothing on it but a layer. Two rooms, a dab in each; then corrections, and faults."""
    root = document.rootNode()
    lines = document.createNode("lines", "paintlayer")
    root.addChildNode(lines, None)
    draw(document, lines, 0, 0, SIZE, SIZE, (255, 255, 255, 255))
    for x, y, width, height in (
        (20, 20, 200, 4),
        (20, 216, 200, 4),
        (20, 20, 4, 200),
        (216, 20, 4, 200),
        (118, 20, 4, 200),
    ):
        draw(document, lines, x, y, width, height, (0, 0, 0, 255))
    hints = document.createNode("dabs", "paintlayer")
    root.addChildNode(hints, lines)
    draw(document, hints, 60, 100, 12, 12, (214, 63, 41, 255))
    draw(document, hints, 160, 100, 12, 12, (30, 90, 200, 255))

    group = colorgan.colorize(document, lines, hints=hints, shade=False)
    assert names(group) == ["flats", "lines"], names(group)
    assert names(root)[-3:] == ["lines", "colorgan", "dabs"], "over the lines"
    flats = group.childNodes()[0]
    assert at(document, flats, 100, 50) == (214, 63, 41, 255) and at(document, flats, 200, 200) == (30, 90, 200, 255)
    assert [each.blendingMode() for each in group.childNodes()] == ["normal", "multiply"]

    draw(document, flats, 40, 40, 10, 10, (9, 200, 9, 255))
    draw(document, hints, 60, 100, 12, 12, (250, 200, 10, 255))
    again = colorgan.colorize(document, lines, hints=hints, shade=False, update=group)
    assert again.uniqueId().toString() == group.uniqueId().toString()
    assert at(document, flats, 45, 45) == (9, 200, 9, 255), "a correction stays"
    assert at(document, flats, 100, 150) == (250, 200, 10, 255), "a hint is followed"

    empty = document.createNode("empty", "paintlayer")
    root.addChildNode(empty, hints)
    count = len(root.childNodes())
    flats.setLocked(True)
    for wrong, word in (
        ({"lines": empty}, "empty"),
        ({"lines": group}, "not a drawing"),
        ({"lines": lines, "update": group}, "locked"),
    ):
        try:
            colorgan.colorize(document, hints=hints, shade=False, **wrong)
        except colorgan.HostError as error:
            assert word in str(error), error
        else:
            raise AssertionError(word)
    try:
        colorgan.colorize(document, lines, seed=-1)
    except colorgan.EngineError as error:
        assert "seed" in str(error)
    else:
        raise AssertionError("a seed below 0")
    assert len(root.childNodes()) == count and at(document, flats, 45, 45) == (9, 200, 9, 255), "as it was"


def steps(report, out):
    import colorgan
    from krita import Krita

    story(Krita.instance().createDocument(SIZE, SIZE, "story", "RGBA", "U8", "", 72.0), colorgan)
    yield 0
