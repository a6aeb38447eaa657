"""Data that comes with the package, each folder with its origin and licence."""
