"""Whether Krita has the plug-in."""

from helpers import app


def steps(report, out):
    yield 500
    report["dockers"] = [each.objectName() for each in app.dockers()]
    report["action"] = app.action("colorgan_run") is not None
    report["setting"] = app.readSetting("python", "enable_colorgan", "none")
