"""Grey pictures: how they are told from line art, and colour along their even parts."""
