"""Mutual action plans: what a rep and a buyer do by when, in words of their own, published in versions, and read by the
buyer without an account behind an address that ends."""
