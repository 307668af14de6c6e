"""Where bytes go: a stream, a file, a socket of this machine, a server."""
