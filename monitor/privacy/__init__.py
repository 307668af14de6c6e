"""The one door between wire bytes and people: labels, the naming policy, and counting patrons without keeping them."""
