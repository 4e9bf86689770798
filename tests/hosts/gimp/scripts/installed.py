"""Which of the plug-in's procedures GIMP has."""

from helpers import Gimp, main


def steps(report):
    report["procedures"] = sorted(Gimp.get_pdb().query_procedures("plug-in-colorgan-.*", *[""] * 7))


main(steps)
