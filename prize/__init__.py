"""What is being run: brief, stages, fund, rules, rubric, entry form, publication; teams, entries and conflicts."""
