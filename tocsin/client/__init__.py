"""Following a Tocsin from elsewhere: its stream, whole or of some zones, and what stands after it."""
