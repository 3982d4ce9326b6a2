"""Improvement plans, what is decided after them, and redeployment: each step by a named human, in order, answered."""
