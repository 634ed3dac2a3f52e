"""What an answer says where the model said nothing that can be shown.

The client asks again when it gets an empty answer, so there is always a sentence.
"""

NO_ANSWER = "(The local model gave no answer.)"
CUT_OFF = "(The local model reached its output limit before it answered.)"
LOST_CALL = "(The local model called a tool, but its call could not be read.)"


def shown_call(raw: str, *, cut: bool) -> str:
    """A call that is not made, as text."""
    if cut:
        return f"(A tool call was cut off by the output limit:)\n{raw}"

    return f"(A tool call could not be read:)\n{raw}"
