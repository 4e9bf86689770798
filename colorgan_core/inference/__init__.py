"""From a request to a coloured picture: the pipeline around the network, and a report on its result."""
