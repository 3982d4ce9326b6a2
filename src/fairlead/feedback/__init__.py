"""Upward feedback: eight items each quarter, shown in words from which nobody's answer can be worked out."""
