"""Style transfer: tiles, strength, colour statistics."""
