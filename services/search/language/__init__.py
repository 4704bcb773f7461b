"""The query language: what a person types, as a tree, as chips, and as something to find.

``grammar`` reads the text, ``syntax`` holds and prints the tree, ``reading`` finds the meaning.
"""
