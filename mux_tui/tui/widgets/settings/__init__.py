"""Settings on the screen: facts, the draft of what is changed, lists and editors."""
