"""A city's plan: who reaches a shelter in time, who gets a place there, and where another shelter would help most."""
