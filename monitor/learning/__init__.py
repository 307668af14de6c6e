"""What devices were seen to do, written down for a person to read: expectations, MUD files, a comparison."""
