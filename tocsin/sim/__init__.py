"""A seeded simulation of the whole service: virtual time, network and disk (docs/reliability.md)."""
