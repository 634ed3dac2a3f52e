"""What an answer shows about itself; each module gives factors that only take away.

Nothing that can be had by writing more adds to a score: every measure here stays or
gets worse when text is appended to an answer.
"""
