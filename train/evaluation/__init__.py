"""`colorgan evaluate`: how good a weights file is, always beside simple baselines and other programs.

sets        what is measured on                  lineart    Hint-AUC of every row
rivals      rows that need no network            unhinted   the five figures without hints
network     the row that does                    gray       the greyscale table
measures    every formula, in NumPy              tables     how it is printed
keep        what was worked out before           sheet      how it looks
hintauc_bridge, processes, workers/              the protocol and G'MIC, in interpreters of their own
"""
