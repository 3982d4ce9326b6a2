"""What a leader and the superior both expect of a period, signed by both, or where they do not agree."""
