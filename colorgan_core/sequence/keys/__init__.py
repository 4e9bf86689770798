"""Key frames: their colours are carried over to the frames between them."""
