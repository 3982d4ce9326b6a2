"""The gap ledger: what a quarter under its target cost others, where it is turned on. It is never evidence."""
