"""A plan for every deal worth winning: assessment, objective, strategy, players, tactics, and the card for upstairs."""
