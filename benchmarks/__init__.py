"""How fast Laurel is, measured by hand and never by the tests: figures, and nothing that is asserted."""
