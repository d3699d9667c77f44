"""The words of the code are those of the field: docs/glossary.md says which are not used, and why.

`python -m tests.words` lists what still stands, with its place and the word to write instead.
"""
