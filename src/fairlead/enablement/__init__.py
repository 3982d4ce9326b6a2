"""What the company owes each role and product, and what reps know and put to use in their deals."""
