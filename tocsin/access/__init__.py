"""Who may do what: denied unless granted, decided in one function."""

from tocsin.access.grants import LOCAL, Grant, authenticate, permit

__all__ = ["LOCAL", "Grant", "authenticate", "permit"]
