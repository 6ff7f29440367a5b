"""Who reaches whom in a school, computed from configurations alone, over every packet there is.

    switches (matric.switch) + cables -> model -> trace -> path, zone matrix, ways out

What is assumed stands in docs/how-to/ask-who-reaches-whom.md.
"""

__all__ = ()
