"""The ordered diagnosis: seven layers, one after the other, which stop at the first that fails. See ``rules``."""
