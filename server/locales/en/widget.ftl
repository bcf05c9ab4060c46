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
offline-hours = Nobody is here right now
back-at = Back { $when }
chat-closed = This chat is closed
connecting = Connecting…

hello = Hi! How can we help?
hello-offline = Nobody is here right now. Write to us; the answer comes to this chat.
line-label = Your place in the line
line-nth = { NUMBER($n, type: "ordinal") ->
    [one] { $n }st
    [two] { $n }nd
    [few] { $n }rd
   *[other] { $n }th
}
line-soon = { $n ->
    [one] About a minute
   *[other] About { $n } minutes
}
line-wait = About { $low } to { $high } minutes
line-keep = You can close this page. We keep your place.

bot-automated = Automated
bot-now = Automated answers
bot-choices = Suggested answers
bot-person = Talk to a person
bot-getting = Getting a person…

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
held = Waits for the form
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
new-below = { $n ->
    [one] { $n } new message
   *[other] { $n } new messages
}
to-end = Newest
today = Today
yesterday = Yesterday

event-agent_joined = { $name } joined the chat.
event-agent_left = { $name } left the chat.
event-conversation_transferred = You were passed on to { $to }.
event-visitor_nudged = Are you still there?
event-visitor_warned = Are you still there? If you do not write, this chat will end soon.
event-conversation_timed_out = This chat ended because nothing was written for a while. Write to go on.
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
event-bot_handed_off = { $by ->
    [visitor] You asked for a person.
   *[nobody] I'm getting a person for you.
}
event-conversation_given_to_bot = { $by ->
    [named] { $name } passed the chat to the bot.
   *[nobody] The chat was passed to the bot.
}

reconnecting = Connection lost. You can keep writing; we keep trying.
offline = You are offline. You can keep writing; we send it, in order, when you are back.
slow-down = Too many messages at once. The next one goes out in { $n } s.
unavailable = This chat is not available on this page.
blocked = This chat is closed to new messages.
not-kept = This browser does not let us keep anything. What you write is safe once it is sent; unsent text is lost when you close this page.

menu = Menu
back = Back
menu-sound = Sound
menu-earlier = Earlier chats
menu-transcript = Save this chat
menu-kept = What is kept
menu-forget = Forget me on this device
kept-text = We keep your messages, your name and address if you gave them, and the pages you wrote from, so that { $site } can answer you.
kept-device = This device keeps a key to your chat and its latest messages. You can make it forget both in the menu.
forget-text = This chat disappears from this device, and nobody here can read it any more. What you sent stays with { $site }.
forget-unsent = { $n ->
    [one] { $n } message is not sent yet and will be lost.
   *[other] { $n } messages are not sent yet and will be lost.
}
forget-do = Forget me
earlier-now = This chat
earlier-none = There are no earlier chats.
earlier-more = Show older messages
earlier-offline = There is no connection right now. Try again when you are back.

optional = (optional)
form-consent = Before we chat
form-consent-note = Until you agree, nothing is kept and nothing is sent.
form-consent-send = Agree and chat
form-refuse = No, thanks
form-consent-refused = All right. Nothing was kept and nothing was sent.
form-consent-again = Ask me again
form-pre_chat = Before we start
form-pre_chat-send = Start the chat
form-offline = We are closed now
form-offline-written = We have your message
form-offline-send = Send me the answer
form-rating = How did we do?
form-rating-of = How did { $name } do?
form-rating-send = Send
form-stars = { $n ->
    [one] { $n } star
   *[other] { $n } stars
}
form-skip = Not now
form-thanks = Thank you. We have it.
form-thanks-email = Thanks. We write to { $email } if you are gone.
form-thanks-rating = Thank you for the rating.
field-missing = Please fill this in.
field-email = This does not look like an email address, such as name@example.com.
field-wrong = Please check this.
