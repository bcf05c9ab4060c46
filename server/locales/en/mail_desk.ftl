# A site's mail: its page in the settings, and the words of its mails where it has none of its own.
mail = Mail
mail-help = What visitors have not read goes to their mail address, and what they answer comes back into the same chat.
mail-works = What works now
mail-works-help = Servers and domains are set where Deskbell is started. Whether they do what they should says: deskbell doctor --mail
mail-out = Mails go out by { $server }.
mail-out-none = No mail goes out: Deskbell was started without --smtp.
mail-from = They come from { $address }.
mail-from-none = They have no sender: give this website an address of its own below, or start Deskbell with --mail-domain.
mail-reply-to = Answers go to { $address }; what stands for … tells whose answer it is.
mail-ways = Answers come in by { $ways }.
mail-ways-none = Answers do not come in: Deskbell was started without --imap, --lmtp-listen and --inbound-secret. Visitors answer in the chat, by the link in the mail.
mail-way-imap = a mailbox that is read (IMAP)
mail-way-lmtp = your mail server (LMTP)
mail-way-http = HTTP
mail-sender = Who writes
mail-address = Address of this website
mail-address-help = What mails come from. A mail to it begins a chat, if it comes in here. Your mail server has to let Deskbell send in its name.
mail-name = Name beside it
mail-signature = Signature
mail-signature-help = Stands below an agent's words. At most 1000 characters.
mail-when = When it goes out
mail-away = What a visitor has not read goes out
mail-away-help = All that waits goes in one mail, to an address that the visitor has proved to be theirs. Whoever reads it before in the chat gets none.
mail-away-off = never
mail-away-seconds = { $n ->
    [one] after 1 second
   *[other] after { $n } seconds
}
mail-away-minutes = { $n ->
    [one] after 1 minute
   *[other] after { $n } minutes
}
mail-away-hours = { $n ->
    [one] after 1 hour
   *[other] after { $n } hours
}
mail-offline = Whether visitors are asked for an address while nobody is here is set on the website's own page:
mail-offline-link = What visitors are asked
mail-texts = Words of your own
mail-texts-help = In the language of whoever gets the mail. What is empty is said as the field shows in grey.
mail-test = Test mail
mail-test-help = Goes to your own address:
mail-test-send = Send a test mail
mail-test-not = It can be sent once mails go out and have a sender.
mail-test-too-many = That were enough tests for an hour. Try again later.
mail-test-pending = On its way to { $address }
mail-test-again = The server did not take the mail to { $address } yet; it is tried again.
mail-test-sent = The server took the mail to { $address }.
mail-test-failed = The mail to { $address } did not go out.
mail-test-bounced = The mail to { $address } came back.
mail-bad-address = This is not a mail address. Nothing was changed.
mail-bad-tag = The address of a website has no plus sign: what stands behind it tells Deskbell whose answer it is. Nothing was changed.
mail-address-taken = Another website has this address. Nothing was changed.
mail-bad-name = A name has at most 80 characters on one line. Nothing was changed.
mail-bad-signature = The signature has at most { $n } characters. Nothing was changed.
mail-bad-away = Choose when it goes out. Nothing was changed.
mail-bad-text = { $text } has at most { $most } characters, and a subject has no line break. Nothing was changed.
texts-mail-subject = Subject of a mail with unread words
texts-mail-intro = Its first line
texts-mail-proof-intro = First line of the mail that asks whether the address is theirs
mail-preview = How it looks
mail-preview-unread = What was not read
mail-preview-proof = Is this your address?
mail-preview-help = With the words that are saved; what you change here is seen once it is saved.
mail-sample-agent = Lena
mail-sample-question = Is my bicycle ready?
mail-sample-answer = Yes, it is ready. You can come today until 6 pm.

# What came or went by mail, in a chat's log, and how an agent writes one.
mail-by = by mail
mail-by-from = by mail from { $address }
mail-cc = Copy to
mail-files = Files in the mail
mail-original = Show the mail as it came
mail-original-more = Show the whole mail
mail-stranger = A stranger wrote by mail: { $address }. The visitor does not see this, and nothing is answered to it.
mail-automatic = An automatic answer by mail from { $address }
compose-mail-to = Goes to { $address } by mail.
compose-mail-nobody = It goes out by mail, but nobody knows an address of this visitor.
compose-subject = Subject
compose-cc-help = Nobody; addresses with commas between

# Alerts and the digest of a day, by mail to agents.
mail-day-subject = Your desk yesterday
mail-day-new = { $n ->
    [one] One new conversation.
   *[other] { $n } new conversations.
}
mail-day-answered = { $n ->
    [one] One got its first answer.
   *[other] { $n } got their first answer.
}
mail-day-waiting = { $n ->
    [0] Nobody is waiting now.
    [one] One visitor is waiting now.
   *[other] { $n } visitors are waiting now.
}
mail-day-oldest = The first of them since { $since }.

forgotten = Forgot your password?
forgotten-title = Choose a new password
forgotten-help = Give the mail address with which you sign in. A link comes to it that is good for an hour.
forgotten-send = Send the link
forgotten-asked = If somebody here signs in with { $address }, a link is on its way there.
forgotten-asked-help = It is good once, for an hour. Your password stays until you choose another; a second factor stays as well.
account-mails = Mails to you
account-mails-help = They come while you are away, and never more than 6 in an hour.
account-mail-waiting = A visitor waits for 5 minutes and nobody who serves the queue is online
account-mail-mention = A note names you while you are away
account-mail-assigned = You get a chat while you are away
account-mail-digest = The numbers of the day before, every morning at 8
account-mails-none = No mail goes out yet: Deskbell was started without --smtp.
agents-mail-link = Send the link by mail
agents-link-mailed = The link is on its way to { $email }
agents-link-mailed-help = It is good for 7 days, and for whoever reads that mailbox.
audit-mails-changed = { $name } chose which mails they get.
audit-link-mailed = { $by } mailed { $name } a link.

# A mail that begins a conversation.
new-mail = New mail
new-mail-help = The answer comes back here, into a conversation of yours.
new-mail-leave = Back; what is written stays
new-mail-from = From
new-mail-to = To
new-mail-text = Text of the mail
new-mail-write = Write a mail
new-mail-copies-help = { $n ->
    [one] Nobody; one address
   *[other] Nobody; up to { $n } addresses with commas between
}
new-mail-kept = Kept in this browser until it is sent.
new-mail-none = No mail can go out yet
new-mail-none-help = A website needs an address to write from, and Deskbell a server that takes its mails.
new-mail-set-up = Set up mail
new-mail-unproved = { $visitor } gave this address in a chat and did not confirm it. Write nothing here that is for them alone.
new-mail-bad-to = Write one mail address behind “To”, such as name@example.com.
new-mail-own = This is an address of your own: a mail to it would come back as a question.
new-mail-bad-subject = A subject has at most { $n } characters on one line.
new-mail-no-subject = Give the mail a subject.
new-mail-bad-copies = At most { $n } addresses get a copy.
new-mail-bad-copy = “{ $address }” is no mail address. Put commas between several.
new-mail-bounced = Nothing is sent to this address: an earlier mail came back. { $why }
new-mail-blocked = Whoever has this address is blocked. Unblock them first.
new-mail-open = A conversation with this address goes on. Write there, so that the answers stay together.
new-mail-open-go = Open the conversation
new-mail-open-other = Colleagues of another queue are in a conversation with this address. What you wrote is kept.
new-mail-too-many = { $n ->
    [one] That were many new mails in an hour. The next one can go in a minute.
   *[other] That were many new mails in an hour. The next one can go in { $n } minutes.
}
new-mail-sent-before = Another mail was sent from this form. Send again if this one is to go out, too.
new-mail-bad-site = Choose the website that the mail comes from.
compose-mail-bounced = Mail to { $address } came back, and nothing is sent there: { $why }

# What becomes of an answer while the visitor is away.
away-chat = { $visitor } has left. They see your answer when they come back.
away-later = { $visitor } has left. Your answer goes to { $address } { $when }, unless they read it here first.
away-unproved = { $visitor } has left. A mail asks whether { $address } is theirs; your answer follows once they confirm it.
away-bounced = { $visitor } has left, and mail to { $address } came back. They see your answer when they come back.
away-unwanted = { $visitor } has left and wants no mails. They see your answer when they come back.
away-nowhere = { $visitor } has left and gave no address. They see your answer when they come back.
