"""How the tables came to be: one set of migrations for SQLite and PostgreSQL."""
