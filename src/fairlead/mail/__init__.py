"""Mail: notices leave as mail that tells nothing confidential; messages from above come to a desk as mail."""
