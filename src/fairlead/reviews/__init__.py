"""The weekly review: facts frozen when it begins, minutes frozen when it ends, read by who was there."""
