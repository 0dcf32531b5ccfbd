"""After the decision: grant terms, milestones, evidence, verification, payments and results."""
