"""Pictures without the network: files, colour spaces, palettes, layers. NumPy in, NumPy out."""
