"""Frame sequences: the same character in the same colours."""
