"""What works, what does not, and what to do about it.

Each module looks at one area and gives `Check`s; `report` puts them together. Nothing
is started or changed; only a model that already runs is asked for one token.
"""
