"""What Krita is told of colorgan when it starts."""

from __future__ import annotations

from typing import Any

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita  # type: ignore[import-not-found]

from .docker import Docker

DOCKER = "colorgan"
ACTIONS = (
    ("colorgan_run", "colorgan: colour, or paint", "run"),
    ("colorgan_surprise", "colorgan: surprise me", "surprise"),
    ("colorgan_live", "colorgan: live", "live"),
    ("colorgan_cancel", "colorgan: cancel", "cancel"),
)


class Actions(Extension):  # type: ignore[misc]
    """Under Tools > Scripts; each presses a button of the docker, which they show first."""

    def setup(self) -> None:
        pass

    def createActions(self, window: Any) -> None:
        for name, words, button in ACTIONS:
            action = window.createAction(name, words, "tools/scripts")
            action.triggered.connect(lambda _=False, button=button: press(button))


def press(button: str) -> None:
    for docker in Krita.instance().dockers():
        if docker.objectName() == DOCKER:
            docker.setVisible(True)
            docker.findChild(type(docker.run), button).click()
            return


def register() -> None:
    application = Krita.instance()
    application.addExtension(Actions(application))
    application.addDockWidgetFactory(DockWidgetFactory(DOCKER, DockWidgetFactoryBase.DockRight, Docker))
