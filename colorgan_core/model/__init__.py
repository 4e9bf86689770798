"""The conditional GAN: one file a box of the figure in docs/architecture.md."""
