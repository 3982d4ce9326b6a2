"""Good and bad news from deals, told early: to the manager at once, and upward with one act."""
