"""Headers: one compiled pass over a batch turns frames into columns of header facts."""
