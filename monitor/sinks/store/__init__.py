"""Findings that outlive a run: a database with the life of each, which the sensor writes and people decide on."""
