"""One job in a document: what is read from its layers, asked of the engine, and laid into it when it has come whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any

from .bridge import Blob, Engine, Progress, Result, words
from .host import GROUP, OURS, Canvas, HostError, find, identity, is_empty, packed

KEPT = ("flats", "shade")  # layers whose corrections are looked for
# layers that a result may be without: then they are hidden, and keep what was corrected in them
HIDDEN = ("shade", "holds")


@dataclass(frozen=True)
class Wishes:
    """What a person wants. operation: of the table, with its parameters. lines: the layers to colour, bottom to top. hints, bare,
    reference: layers or None; other: a document in the reference's place. styles: layers with their weights. update: the group to
    write anew, None: make another."""

    operation: str
    parameters: dict[str, Any]
    lines: tuple[Any, ...]
    hints: Any = None
    bare: Any = None
    reference: Any = None
    other: Any = None
    styles: tuple[tuple[Any, float], ...] = ()
    update: Any = None


@dataclass
class Job:
    """Read, then asked for in any thread, then laid in. before: by name, what colorgan wrote last, packed."""

    canvas: Canvas
    wishes: Wishes
    parameters: dict[str, Any] = field(default_factory=dict)
    blobs: list[Blob] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    result: Result | None = None
    written: dict[str, bytes] = field(default_factory=dict)
    made: Any = None

    def reading(self) -> Generator[float, None, None]:
        """Reads all that the engine needs; pauses after every layer, for as many seconds as it yields, so that Krita can breathe.
        Raises HostError."""
        canvas, wishes = self.canvas, self.wishes
        check(canvas, wishes)
        stack = []
        for node in wishes.lines:
            self._read(node, "picture")
            stack.append([OURS.get(node.blendingMode(), "normal"), node.opacity() / 255])
            yield 0
        if len(stack) == 1:
            stack = [["normal", 1.0]]
        for node, name in ((wishes.hints, "hints"), (wishes.bare, "bare"), (wishes.reference, "reference")):
            if node is not None:
                self._read(node, name)
                yield 0
        if wishes.other is not None:
            self.blobs.append(canvas.other(wishes.other, "reference"))
            yield 0
        for node, _ in wishes.styles:
            self._read(node, "style")
            yield 0
        selection = canvas.selection()
        if selection is not None:
            self.blobs.append(selection)
            yield 0
        if wishes.update is not None:
            for child in wishes.update.childNodes():
                before = canvas.recall(identity(child)) if child.name() in KEPT else None
                if before is not None:
                    self._read(child, f"found.{child.name()}")
                    self.before[f"written.{child.name()}"] = before
                    yield 0
        self.parameters = {**wishes.parameters, "editor": {"order": canvas.order, "stack": stack}}
        profile = canvas.profile()
        if profile is not None:
            self.parameters["profile"] = profile
        if wishes.styles:
            self.parameters["weights_of_styles"] = [weight for _, weight in wishes.styles]
        if self.layered:
            self.parameters["layers"] = ["flats", "shade", *([] if wishes.update else ["lines"]), "holds"]

    @property
    def layered(self) -> bool:
        """Whether the result is flats, shade and lines; else it is one picture."""
        return (
            self.wishes.operation == "colorize"
            and self.wishes.parameters.get("task") == "lineart"
            and not self.wishes.parameters.get("paint")
        )

    def ask(
        self, engine: Engine, on_progress: Callable[[Progress], None] = lambda progress: None,
        cancelled: Callable[[], bool] = lambda: False, slot: str = "",
    ) -> None:  # fmt: skip
        """Has the engine do it. Raises EngineError, or Cancelled."""
        self._unpacked()
        found = engine.run(
            self.wishes.operation, self.parameters, self.blobs, slot, on_progress=on_progress, cancelled=cancelled
        )
        self.blobs = []
        # as bytes already here, since Krita takes no other and its own thread must not wait
        pixels = {name: replace(blob, data=bytes(blob.data)) for name, blob in found.blobs.items()}
        self.result = replace(found, blobs=pixels)
        self.written = {
            name: packed(pixels.get(f"written.{name}", pixels[name]))
            for name in KEPT
            if self.layered and name in pixels
        }

    def laying(self) -> Generator[float, None, None]:
        """Puts the result into the document, as `made`; pauses like `reading`. Raises HostError where that cannot be; then nothing has
        changed."""
        canvas, wishes, result = self.canvas, self.wishes, self.result
        assert result is not None
        again = wishes.update if self.layered else None
        if again is not None and find(canvas.document, identity(again)) is not None:
            self.made = again
            yield from self._written_anew(again, result)
        else:
            described = [(each["name"], each["blend"]) for each in result.facts["layers"]] if self.layered else []
            nodes = []
            for name, blend in described or [(GROUP, "normal")]:
                nodes.append(canvas.new(name, blend, result.blobs[name if described else "picture"]))
                yield 0
            self.made = canvas.add(nodes, wishes.lines[-1])
            yield from canvas.refreshing()
        yield 0
        for child in self.made.childNodes():
            if child.name() in self.written:
                canvas.remember(identity(child), self.written[child.name()])

    def _written_anew(self, group: Any, result: Result) -> Generator[float, None, None]:
        children = {child.name(): child for child in group.childNodes() if child.name() in {*KEPT, *HIDDEN}}
        for child in children.values():
            if child.locked():
                raise HostError(f"The layer “{child.name()}” is locked.")
        for name, child in children.items():
            if name in result.blobs:
                self.canvas.write(child, result.blobs[name])
            if name in HIDDEN:
                child.setVisible(name in result.blobs)
            yield 0
        if "holds" in result.blobs and "holds" not in children:
            group.addChildNode(self.canvas.new("holds", "normal", result.blobs["holds"]), None)
        yield from self.canvas.refreshing()

    def _read(self, node: Any, name: str) -> None:
        self.blobs.append(self.canvas.layer(node, name))

    def _unpacked(self) -> None:
        """Adds what colorgan wrote last; of another size, from before the picture was scaled, it says nothing."""
        canvas = self.canvas
        for name, before in self.before.items():
            blob = Blob(name, canvas.width, canvas.height, 4, canvas.dtype, zlib.decompress(before))
            found = name.replace("written", "found")
            if len(blob.data) == blob.size:
                self.blobs.append(blob)
            else:
                self.blobs = [each for each in self.blobs if each.name != found]


def check(canvas: Canvas, wishes: Wishes) -> None:
    """Raises HostError for what cannot be coloured."""
    if not wishes.lines:
        raise HostError("No layer is selected.")
    for node in wishes.lines:
        if node.name() == GROUP:
            raise HostError("A result of colorgan is not a drawing; choose the layer with the lines.")
        for purpose, other in (("hints", wishes.hints), ("bare", wishes.bare)):
            if other is not None and identity(other) == identity(node):
                raise HostError(words.refused(node.name(), purpose))
        if is_empty(node):
            raise HostError(f"The layer “{node.name()}” is empty.")
    if wishes.update is None and wishes.lines[-1].parentNode().locked():
        raise HostError(f"The group “{wishes.lines[-1].parentNode().name()}” is locked.")
    if wishes.operation == "stylize" and not wishes.styles and not wishes.parameters.get("style"):
        raise HostError("No style picture is chosen.")


def bug(error: Exception) -> str:
    """What is said of an error that nobody has foreseen."""
    return f"This is a bug of colorgan's plug-in. {type(error).__name__}: {error}."
