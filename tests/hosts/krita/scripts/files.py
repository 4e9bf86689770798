"""Layer files of the command line, as Krita shows them; the plug-in's zip; and scripts without windows."""

import os

from helpers import app, docker, dump, names, opened, show, until


def steps(report, out):
    for name in ("turkey.psd", "turkey.ora"):
        doc = opened(os.path.join(out, name))
        doc.waitForDone()
        dump(out, name + ".pixels", doc.pixelData(0, 0, doc.width(), doc.height()))
        (group,) = doc.rootNode().childNodes()
        assert group.name() == "colorgan" and names(group) == ["flats", "shade", "lines"], names(group)
        assert [each.blendingMode() for each in group.childNodes()] == ["normal", "hard_light", "multiply"]
        doc.close()

    import plugin_importer.plugin_importer as importer

    asked = []
    target = os.path.join(out, "resources")
    os.mkdir(target)
    found = importer.PluginImporter(
        os.path.join(out, "colorgan-krita.zip"), target, lambda plugin: asked.append(plugin) or True
    )
    (plugin,) = found.import_all()
    assert plugin["name"] == "colorgan" and plugin["action"]
    import colorgan

    ours = os.path.dirname(colorgan.__file__)
    for folder, _, files in os.walk(os.path.join(target, "pykrita", "colorgan")):
        for each in files:
            path = os.path.join(folder, each)
            with (
                open(path, "rb") as one,
                open(
                    os.path.join(ours, os.path.relpath(path, os.path.join(target, "pykrita", "colorgan"))), "rb"
                ) as two,
            ):
                assert one.read() == two.read(), path
    assert os.path.exists(os.path.join(target, "actions", "colorgan.action"))

    doc = opened(os.environ["DRAWING"])
    source = doc.rootNode().childNodes()[0]
    group = colorgan.colorize(doc, source, seed=3, palette="#cc3322,#334455,#eeddaa")
    assert group.name() == "colorgan" and names(group) == ["flats", "shade", "lines"]
    painted = colorgan.stylize(doc, [os.environ["STYLE"] + ":0.5"], source)
    assert painted.type() == "paintlayer"
    gray = colorgan.colorize(doc, source, task="gray")
    assert gray.type() == "paintlayer"
    for wrong, word in (({"seed": -1}, "seed"), ({"sed": 1}, "seed"), ({"palette": "nothing.gpl"}, "nothing.gpl")):
        try:
            colorgan.colorize(doc, source, **wrong)
        except colorgan.EngineError as error:
            assert word in str(error), error
        else:
            raise AssertionError(wrong)
    # every action is there, and presses its button
    for name in ("run", "surprise", "live", "cancel"):
        assert app.action(f"colorgan_{name}") is not None, name
    yield from show(doc)
    panel = docker()
    doc.setActiveNode(source)
    yield 300
    app.action("colorgan_surprise").trigger()
    yield from until(lambda: panel.job is not None)
    yield from until(lambda: panel.job is None)
    assert panel.form.seed.value() > 0
