"""What stands in for programs that a fast test cannot start. Real ones are in tests/hosts."""
