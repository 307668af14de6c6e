"""Shows that no value leaves: plants marks through the installed pipeline, and searches everything that came out."""
