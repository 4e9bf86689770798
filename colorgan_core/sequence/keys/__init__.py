"""Key frames and the propagation of their colours to the frames between them."""
