"""The vocabulary every room speaks: plain data and contracts, no behavior of any room."""
