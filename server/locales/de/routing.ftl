# Hours, and a conversation in which nobody writes.
