"""One Tocsin follows another in virtual time, through a line on which everything goes wrong."""
