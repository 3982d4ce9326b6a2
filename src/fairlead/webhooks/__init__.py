"""Notices ring at an address: signed, saying nothing, and only where the internet begins."""
