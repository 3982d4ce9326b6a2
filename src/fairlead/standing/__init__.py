"""What sellers attained against the target they really had, with everything that moved it."""
