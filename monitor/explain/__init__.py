"""One finding in depth: the conversation behind it as tshark reads it, without a value."""
