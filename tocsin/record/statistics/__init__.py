"""Statistics over the public record: named queries with a version, each with its definition in words.

`definition` reads them from the .sql files beside it, `tables` says upon what they stand, `asking` carries them out.
What is computed here is no claim: it says by which definition, and everybody can compute it again.
"""
