"""What runs inside other programs: the client of the engine, and the plug-ins of the editors."""
