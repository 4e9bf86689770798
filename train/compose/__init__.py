"""Compositions: pictures made from vector art, with exact truth of ink, surfaces and colours."""
