"""Puts colorgan where it is used, plug-ins into editors, and looks whether all is right."""
