"""Pictures of the docker in use."""

import os

from helpers import app, choose, coloured, docker, layer, names, opened, screenshot, show

BROWN, DARK, RED, GOLD, SAND = (
    (122, 74, 46, 255),
    (92, 58, 46, 255),
    (190, 62, 48, 255),
    (232, 176, 78, 255),
    (214, 150, 96, 255),
)
PLACES = {
    BROWN: [(634, 393), (816, 260), (719, 838), (384, 575), (458, 628), (596, 610), (699, 596), (446, 761)],
    DARK: [(458, 578), (482, 663), (640, 613), (759, 581), (359, 685), (427, 729), (486, 805), (514, 839)],
    RED: [(912, 246), (178, 288), (128, 408), (138, 519), (182, 618), (264, 192), (378, 132), (511, 124), (642, 161)],
    GOLD: [(922, 291), (146, 346), (220, 445), (162, 567), (210, 665), (213, 235), (321, 159), (445, 122), (628, 957), (700, 925)],
    SAND: [(880, 581), (339, 511), (356, 460), (349, 412), (378, 368), (416, 336), (434, 296), (493, 289), (642, 772), (685, 773)],
}  # fmt: skip
DABS = [(x - 8, y - 5, 16, 10, color) for color, places in PLACES.items() for x, y in places]


def steps(report, out):
    window = app.activeWindow().qwindow()
    window.resize(1180, 820)
    for each in app.dockers():
        each.setVisible(each.objectName() in ("KisLayerBox", "colorgan"))
    panel = docker()
    doc = opened(os.environ["DRAWING"])
    yield from show(doc)
    yield 500
    if os.environ["TASK"] == "lineart":
        source = doc.rootNode().childNodes()[0]
        layer(doc, "hints", DABS)
        yield 200
        choose(panel.form.lines, source.name())
        choose(panel.form.hints, "hints")
    else:
        panel.form.task.setCurrentIndex(panel.form.task.findData("stylize"))
        first, second = os.environ["STYLES"].split(":")
        panel.form.put_style(first)
        panel.form.put_style(second, 0.3)
        panel.form.strength.setValue(85)
    yield from coloured()
    assert "colorgan" in names(doc.rootNode())
    app.activeWindow().activeView().canvas().setZoomLevel(0.5)
    yield 1500
    # the tabulator key goes from top to bottom
    at, order = panel.form.task, []
    while at is not panel.live and len(order) < 300:
        at = at.nextInFocusChain()
        order.append(at.objectName())
    wanted = ["lines", "hints", "bare", "reference", "palette", "seed", "surprise", "gaps", "shade", "styles", "add_style", "drop_style",
              "strength", "keep", "update", "run", "live"]  # fmt: skip
    assert [name for name in order if name in wanted] == wanted, order
    for each in (panel.form.task, panel.form.lines, panel.form.hints, panel.run, panel.live, panel.cancel):
        assert each.toolTip() or not each.isVisible(), each.objectName()
    report["width"] = panel.width()
    screenshot(os.path.join(out, "shot.png"))
