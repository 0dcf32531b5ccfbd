"""What the statistics say about a stage: computed by jobs, kept, and shown to those who may see it."""
