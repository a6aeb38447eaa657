"""The public door: the state and the stream, for as many as the machine can carry.

One loop over file descriptors, inside the event loop that runs everything else. It reads the head of each request;
what asks for the state or the stream stays here, and everything else is handed over with its socket. What is to be
said to many is one shared piece of bytes, written to one socket after another.
"""

from tocsin.door.answers import refusal
from tocsin.door.door import Bounds, Door, HandOver
from tocsin.door.heads import Wanted
from tocsin.door.sockets import listening
from tocsin.door.tls import Certificate

__all__ = ["Bounds", "Certificate", "Door", "HandOver", "Wanted", "listening", "refusal"]
