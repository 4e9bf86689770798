"""From a request to a coloured picture: the pipeline around the network, and the command in front of it."""
