"""Who is asking, and what they may do: people, organisations, sessions, appointments and the command registry."""
