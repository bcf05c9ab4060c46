# The widget's words. Short, active, second person; say what happened, what is safe, what to do.
bubble-open = Open chat
bubble-close = Close chat
bubble-unread = { $n ->
    [one] Open chat, { $n } new message
   *[other] Open chat, { $n } new messages
}
close = Close
title = Chat
log = Messages
runs-on = Runs on Deskbell

here-now = { $site }, here now
online = Here now
reply-within = { $n ->
    [one] We usually answer within a minute
   *[other] We usually answer in { $n } minutes
}
offline-hours = We are closed now
back-at = Back { $when }
chat-closed = This chat is closed
connecting = Connecting…

hello = Hi! How can we help?
hello-offline = Nobody is here right now. Write to us; the answer comes to this chat.
line-place = Your place in the line: { $place }
line-wait = About { $low } to { $high } minutes
line-keep = You can close this page. We keep your place.

write = Write a message
write-again = Write again
send = Send
editing = Edit your message
save = Save
cancel = Cancel
edit = Edit
delete = Delete
chars-left = { $n ->
    [one] { $n } character left
   *[other] { $n } characters left
}
chars-over = { $n ->
    [one] { $n } character too many. Your text is still here.
   *[other] { $n } characters too many. Your text is still here.
}

sending = Sending…
waiting = Waiting for the network
sent = Sent
delivered = Delivered
read = Read
failed = Not sent.
retry = Try again
discard = Discard
edited = edited
you = You
you-deleted = You deleted a message
they-deleted = Message deleted
bot = Bot
team = Support
typing = { $name } is typing
new-below = New messages
today = Today
yesterday = Yesterday

event-agent_joined = { $name } joined the chat.
event-agent_left = { $name } left the chat.
event-conversation_transferred = You were passed on to { $to }.
event-conversation_closed = { $by ->
    [visitor] You closed the chat.
    [named] { $name } closed the chat.
   *[nobody] The chat was closed.
}
event-conversation_reopened = { $by ->
    [visitor] You reopened the chat.
    [named] { $name } reopened the chat.
   *[nobody] The chat was reopened.
}

reconnecting = Connection lost. You can keep writing; we keep trying.
offline = You are offline. You can keep writing; we send it, in order, when you are back.
slow-down = Too many messages at once. The next one goes out in { $n } s.
unavailable = This chat is not available on this page.
blocked = This chat is closed to new messages.
not-kept = This browser does not let us keep anything. What you write is safe once it is sent; unsent text is lost when you close this page.
