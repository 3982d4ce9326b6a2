"""How well a deal is known: criteria, and per criterion what the buyer said, wrote or did, with its date."""
