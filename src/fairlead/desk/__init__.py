"""The desk: messages from above are met, translated or stopped by the accountable manager, and made useful."""
