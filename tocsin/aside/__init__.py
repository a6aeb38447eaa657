"""The static way out: what stands, kept as files that a web server or a CDN gives out while no Tocsin runs.

Where to write and when is here; what is written is made by whoever has the words (tocsin/web/aside.py).
"""
