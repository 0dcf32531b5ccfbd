"""Everything of a prize as tables that other programs read, with a dictionary that says what is in them."""
