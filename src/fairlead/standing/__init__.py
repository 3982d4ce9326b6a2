"""A seller's results against what was really asked of them, as plain shown arithmetic; never a score of a person."""
