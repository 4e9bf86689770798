"""The engine: one process that keeps the weights loaded, and its protocol."""
