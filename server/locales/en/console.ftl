# The console's words. Short, active, second person; say what happened, that nothing is lost, and
# what can be done. Keys that begin with js- are said by the script.

## Everywhere
you = You
visitor = Visitor
colleague = A colleague
bot = Bot
email = Email
password = Password
skip = Skip to the conversation
dismiss = Dismiss

## Sign-in
sign-in = Sign in
sign-in-help = Your drafts and open chats are where you left them.
sign-in-button = Sign in
sign-in-no-account = No account? Ask the owner of your workspace for one.
sign-in-wrong = Email or password is wrong. Is Caps Lock on?
sign-in-too-many = Too many tries. You can try again in { $seconds } s.
sign-in-expired = You were signed out. Sign in to go on where you were.
sign-out = Sign out

## Set-up
setup = Create your desk
setup-help = One account, one website. You can add more and change all of this later.
setup-button = Create
setup-step-desk = Your desk
setup-step-desk-help = Who answers, and for which website.
setup-step-tag = The tag
setup-step-tag-help = One line for your website.
setup-step-try = Try it
setup-step-try-help = Chat with yourself in the sandbox shop.
setup-server = This server
setup-database = Database ready, in { $place }
setup-url = Reachable at { $url }
setup-email-help = You sign in with it.
setup-password-help = At least 10 characters. A sentence is good.
setup-site = Name of the website
setup-site-help = Visitors see it at the top of the chat.
setup-origin = Address of the website
setup-origin-help = The chat refuses to load anywhere else, except on this server’s own pages.
problem-email = Write a whole address, such as lena@shop.example.
problem-password-short = Make it at least 10 characters long.
problem-password-long = Make it at most 1,024 characters long.
problem-site-name = Give the website a name of up to 100 characters.
problem-origin = Write it as https://shop.example, without a path.

## Errors
error-to-console = To the console
error-number = For the operator’s log: { $id }
error-unreadable = That request could not be read
error-unreadable-help = Nothing was changed. Go back and try it again.
error-not-allowed = You may not do that here
error-not-allowed-help = Nothing was changed. Your session may have ended: sign in and try again.
error-not-found = There is nothing here
error-not-found-help = The address may be incomplete, or it belongs to another workspace.
error-stale = It changed in the meantime
error-stale-help = Nothing was done twice. Open it again to see how it is now.
error-gone = This link was used already
error-gone-help = The desk exists. Sign in to go on.
error-too-big = That was too large
error-too-big-help = Nothing was stored. Go back: what you wrote is still there. Make it shorter.
error-too-many = That was a lot at once
error-too-many-help = Nothing is lost. Wait a few seconds and try again.
error-restarting = The server is restarting
error-restarting-help = What was sent is stored. Try again in a few seconds.
error-broken = Something broke on our side
error-broken-help = What was sent before is stored. Go back and try this step again.

## The desk
rail = Main
inbox = Inbox
conversations = Conversations
views = Views
view-mine = Mine
view-waiting = Waiting
view-all = All
view-closed = Closed
own-load = { $load } of { $capacity } chats
turn-ours = Needs a reply
turn-theirs = Waiting on the visitor
turn-queue = In the queue
turn-bot = With the bot
turn-snoozed = Snoozed
turn-closed = Closed
state-queued = Waiting
state-queued-in = Waiting in { $queue }
state-bot = Bot is answering
state-mine = Yours
state-snoozed = Snoozed
state-closed = Closed
row-last-mine = You:
row-last-by = { $agent }:
row-unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
draft = Draft
take = Take
take-over = Take over
take-named = Take the chat with { $visitor }
close = Close
reopen = Reopen
empty-waiting = All answered
empty-waiting-help = The line is empty. New chats ring here first.
empty-mine = No chats in your hands
empty-mine-help = Take one from Waiting, or wait for the next.
empty-all = No open chats
empty-all-help = When a visitor writes, the chat appears here.
empty-closed = Nothing closed yet
empty-closed-help = Chats that you close are kept here.
foot-waiting = { $count ->
    [0] Nobody waits
   *[other] Waiting: { $count }
}
foot-longest = longest
link-off = Not live. Reload the page to see what is new.
notice-taken = { $agent } took this chat a moment ago.
notice-closed = Chat with { $visitor } closed.
notice-stale = This chat changed in the meantime. Nothing was done; here is how it is now.

## A conversation
pane-label = Chat with { $visitor }
back = Back to the list
messages = Messages
earlier = Show earlier messages
verified = Verified by the website
unverified = Not verified
message-deleted = { $author } deleted a message
note-by = { $agent }, note, only agents see it
status-sending = Sending…
status-sent = Sent
status-delivered = Delivered
status-read = Read
status-failed = Not sent
status-again = Try again
status-edited = edited
event-started = The chat began.
event-joined = A colleague joined.
event-agent-joined = { $agent } joined.
event-left = A colleague left.
event-agent-left = { $agent } left.
event-closed = The chat was closed.
event-closed-by = { $by } closed the chat.
event-visitor-closed = The visitor closed the chat.
event-reopened = The chat was reopened.
event-reopened-by = { $by } reopened the chat.
event-visitor-reopened = The visitor wrote again.
event-merged = The visitor signed in. This chat goes on in another one of theirs.
event-continued = The visitor signed in on another device. Their chat from there goes on here.
event-rated = The visitor rated this chat { $score } of 5.
event-rated-comment = The visitor rated this chat { $score } of 5: { $comment }
event-transferred = Transferred to { $to }.
event-transferred-by = Transferred to { $to } by { $by }.
event-unknown = { $name }
strip-queued = Nobody has this chat yet. Take it to answer.
strip-bot = The bot is answering. You can take over at any time.
strip-closed = This chat is closed. Reopen it to write.
strip-colleague = { $agent } has this chat. The visitor sees what you write.
composer-mode = Write a reply or a note
reply = Reply
note = Note
write-to = To { $visitor }
write-here = Write here
note-only-agents = Only agents see it
composer-hint = Shift and Enter for a new line
send = Send
add-note = Add note
answered-meanwhile = { $agent } answered while you were writing. Your text is still here.
look-first = Look first
send-anyway = Send anyway
refused-too-long = { $count ->
    [one] { $count } character too many. Your text is still here.
   *[other] { $count } characters too many. Your text is still here.
}
refused-too-fast = Too many messages at once. The next one can go out in { $seconds } s. Your text is still here.
refused-empty = There is nothing to send yet.
refused-closed = This chat is closed. Reopen it to send; your text is still here.
refused-other = Not done: { $detail } Your text is still here.
facts = About the visitor
facts-external-id = Id on the website
facts-site = Website
facts-queue = Queue
facts-started = Began
facts-owner = With
no-pane = Choose a chat
no-pane-help = It opens here. New chats never take your place in one.
keys-move = Next, previous
keys-open = Open
keys-take = Take
keys-reply = Reply
keys-close = Close
keys-single = Single-letter shortcuts

## Why a chat is where it is
why-least-loaded = Given to { $agent }, who had the most room: { $load } of { $capacity } chats.
why-round-robin = Given to { $agent }, whose turn it was in { $queue }.
why-sticky = Given to { $agent }, who had this visitor last time.
why-taken = { $agent } took it.
why-taken-from = { $agent } took it over from { $from }.
why-transferred = A colleague gave it to { $agent }.
why-transferred-queue = A colleague put it into { $queue }.
why-no-answer = { $from } did not answer in time. It is at the head of the line.
why-away = { $from } was away. It is at the head of the line.
why-offline = { $from } went offline. It is at the head of the line.
why-owner-gone = It woke while { $from } was not there. It waits in line.
why-overflow = It waited too long elsewhere and went on to { $queue }.
why-moved = The visitor chose { $queue }.
why-reopened = It was closed and goes on in { $queue }.
why-given-to-bot = An agent gave it to the bot.
why-handed-off = The bot handed it over to { $queue }.
why-closed = It was closed.

## Said by the script
js-connecting = Connecting…
js-live = Connected
js-live-slow = Connected, by a slower way
js-lost = Connection lost. Trying again in { $seconds } s. You can keep writing.
js-offline = You are offline. You can keep writing; we send it, in order, when you are back.
js-signed-out = You were signed out. Taking you to the sign-in; your text is kept.
js-refused = The server refuses live updates. Reload the page to see what is new.
js-typing = { $agent } is typing
js-colleague-typing = A colleague is typing
js-taken = { $agent } took this chat a moment ago.
js-answered = { $agent } answered while you were writing. Your text is still here.
js-changed = This chat changed in the meantime. Nothing was done; here is how it is now.
js-too-long = { $count } too many
js-too-fast = Too many messages at once. The next one goes out in { $seconds } s.
js-unsent = Not sent yet: { $count }
js-not-done = Not done: { $text }
js-said = { $agent }: { $text }
js-noted = { $agent }, note: { $text }
js-now = now
js-minutes = { $count } min
js-hours = { $count } h
js-waiting-none = Nobody waits
js-longest = longest
js-waiting = Waiting: { $count }
js-new-below = New messages
js-today = Today
js-yesterday = Yesterday

# Panes, shortcuts, the palette.
shut-pane = Shut this pane
keys-beside = Open beside
keys-all = All shortcuts
keys-next-mine = Next chat that needs me
keys-find = Search
keys-list = Back to the list
keys-pane = Go to pane 1 to 4
keys-shut = Shut the pane
keys-panel = Side panel
keys-pass = Pass on
keys-snooze = Snooze
keys-reopen = Reopen
keys-undo = Undo
keys-note = Note
keys-send = Send
keys-line = New line
keys-send-close = Send and close
keys-canned = Canned reply
keys-mention = Mention a colleague in a note
keys-edit = Edit my last message
keys-palette = Everything by name
help-list = List
help-panes = Panes
help-chat = Chat
help-write = Writing
help-all = Everywhere
palette = Find a chat or a command
palette-here = Type a name, a word, a command
palette-acts = Commands
palette-chats = Chats
palette-view = Show:
undo = Undo
js-palette-none = Nothing matches “{ $text }”.
js-resize = Width of pane { $number }
js-closed = Chat with { $visitor } closed.
js-not-closed = The visitor wrote again, so the chat stays open.
js-chat-gone = This chat is not there any more, or went to a queue that is not yours.
js-chat-offline = No connection, so this could not be opened. Try again in a moment.
palette-own = My state:
js-palette-nothing = There is nothing to take back.
js-palette-nobody = No chat needs you in this list.
js-palette-no-chat = Open a chat first.
js-palette-not-here = Not in this chat as it is now.

backup-never = There is no backup yet.
backup-late = The last backup is from
backup-how = An operator makes one with
