"""The report of one offline run: one JSON document for machines, one page for people."""
