"""The conditional GAN: one file a box of the figure in README.md."""
