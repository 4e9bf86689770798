"""Puts colorgan where it is used: plug-ins into editors."""
