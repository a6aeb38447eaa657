"""Official and volunteer messages about threats in the air, read: what flies, where, where to, and what is over.

It reads words and nothing more: no picture, no link, no account. Given the same messages in the same sequence it reads
the same. What it cannot settle it says so: all the places that may be meant are given.
"""
