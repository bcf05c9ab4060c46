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
mail-default-subject = { $site }: an answer to your question
mail-default-intro = You have an answer from { $site }. You can answer this mail, or go on in the chat.
mail-default-proof-intro = Somebody gave this address in the chat of { $site }, to get answers by mail. If it was you, say so once.
