# Hours, and a conversation in which nobody writes.
event-nudged = The visitor was asked whether they are still there.
event-warned = The visitor was told that this chat will end soon.
event-timed-out = The chat was closed: the visitor wrote nothing for a while.
hours-shut = Closed
hours-opens = Closed, opens
hours-closes = Open until
