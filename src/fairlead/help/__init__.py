"""Asking the manager for help with a second door behind it, and the shield a rep and a manager agree on."""
