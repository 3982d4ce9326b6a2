"""A look at results under the line: first what speaks against a problem with the person, then a human's decision."""
