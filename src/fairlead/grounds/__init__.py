"""What HR records before anybody's results are looked at in a unit, and the rule by which they are."""
