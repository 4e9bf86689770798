"""From a drawing to what is coloured: ink, cells, surfaces, hints, flats."""
