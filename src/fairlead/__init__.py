"""Fairlead: an honest forecast, owned by the manager."""

__version__ = "0.1.0"
