"""Where the web begins: who may pass, what every answer carries, and what is written down about it."""
