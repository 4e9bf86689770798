"""Pictures without the network: decoding, colour spaces, regions. NumPy in, NumPy out."""
