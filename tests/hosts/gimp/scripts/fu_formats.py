"""In GIMP's console: a file format of a plug-in for GIMP 2, by its extension, and by its procedure with an option."""

import os

from helpers import NORMAL, OUT, Gimp, Gio, main, opened, pixels


def path(name):
    return Gio.File.new_for_path(os.path.join(OUT, name))


def shown(image):
    return pixels(image, image.get_layers()[0], "R'G'B' u8")


def steps(report):
    image = opened(os.environ["PICTURE"])
    Gimp.file_save(NORMAL, image, path("out.pgx"), None)
    back = Gimp.file_load(NORMAL, path("out.pgx"))
    report["by extension"] = [each.get_name() for each in back.get_layers()] == ["PGX"]
    report["same pixels"] = shown(back) == shown(image)

    procedure = Gimp.get_pdb().lookup_procedure("file-pgx-save")
    config = procedure.create_config()
    for name, value in (("image", image), ("file", path("turned.pgx")), ("flip", True)):
        config.set_property(name, value)
    procedure.run(config)
    row = image.get_width() * 3
    turned, wanted = shown(Gimp.file_load(NORMAL, path("turned.pgx"))), shown(image)
    report["flipped"] = turned[:row] == wanted[-row:] and turned[-row:] == wanted[:row]

    with open(os.path.join(OUT, "wrong.pgx"), "wb") as file:
        file.write(b"PNG\n1 1\n")
    report["no file of it"] = refused(lambda: Gimp.file_load(NORMAL, path("wrong.pgx")))
    image.get_layers()[0].add_alpha()
    report["no transparency"] = refused(lambda: Gimp.file_save(NORMAL, image, path("no.pgx"), None))


def refused(call):
    try:
        call()
    except Exception as raised:
        return str(raised)
    return Gimp.get_pdb().get_last_error()


main(steps)
