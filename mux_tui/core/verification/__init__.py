"""What proves an answer: its code parses, and the user's own commands accept it.

Code in an answer is parsed, never run.
"""
