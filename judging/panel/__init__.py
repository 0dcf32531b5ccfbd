"""The panel's meeting: who is there, what is discussed, what is recorded, and whether that changed anything."""
