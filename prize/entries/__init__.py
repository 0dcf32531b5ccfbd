"""What is entered for a prize: teams, drafts, submissions with receipts, screening, conflicts."""
