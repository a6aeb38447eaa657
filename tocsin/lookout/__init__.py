"""The lookout: takes reports of threats in, keeps the picture of them, and says which warnings they call for.

It proposes. It places by itself only what a policy says, through the ordinary order and under its own grant; it ends
nothing.
"""
