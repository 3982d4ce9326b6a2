"""Deal health: flags with the record of each, snoozes, and the review of a team's deals."""
