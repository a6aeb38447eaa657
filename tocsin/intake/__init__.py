"""Sources: what comes in from outside, read into orders. A source never decides anything."""
