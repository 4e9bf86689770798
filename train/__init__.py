"""Everything that is needed to train, and not needed to colour: art, data set, training, evaluation."""
