"""An early talk: from mid-quarter on, for a seller and the manager, while something can still be done. Never a file."""
