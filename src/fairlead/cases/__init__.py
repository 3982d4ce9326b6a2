"""HR reads what lies between two people only by a case: with a reason, told to both, for days and until a day."""
