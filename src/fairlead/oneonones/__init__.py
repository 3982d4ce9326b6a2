"""One-to-ones of a rep and the manager: their rhythm, an agenda that fills itself, shared notes, private notes."""
