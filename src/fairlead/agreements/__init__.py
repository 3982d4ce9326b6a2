"""What a rep and the manager agree on for working together: in versions that both sign, every line owed a promise."""
