"""Zones: what lies in what, names, codes of other systems, polygons; and which zone a point is in.

A country is a folder of files (docs/atlas.md), and another country is another folder.
"""

from tocsin.atlas.atlas import Atlas
from tocsin.atlas.load import load_atlas, shipped, shipped_folder, shipped_names
from tocsin.atlas.table import Alias, Relation

__all__ = ["Alias", "Atlas", "Relation", "load_atlas", "shipped", "shipped_folder", "shipped_names"]
