"""What a seller's own attainment pays by their own pay plan: for the seller alone, and an input to nothing."""
