"""A shelter in reach: the register of shelters, the streets as they are walked, and who gets where in what time."""
