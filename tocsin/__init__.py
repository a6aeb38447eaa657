"""Tocsin: from the first report of an incoming threat to a warning in the right places."""

__version__ = "0.1.0"
