"""Who is told of findings, of which, and when."""
