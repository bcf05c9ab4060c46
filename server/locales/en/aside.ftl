# Mails that are set aside: in no chat, with the reason.
settings-mails = Mails set aside
aside-help = Mails that came and are in no chat. Look at one, take it in where it belongs to somebody, or delete it.
aside-kept = { $days ->
    [one] They are kept for 1 day.
   *[other] They are kept for { $days } days.
}
aside-most = { $most ->
    [one] Only the newest one is kept.
   *[other] At most the newest { $most } are kept.
}
aside-none = Nothing is set aside.
aside-removed = The mail is deleted.
aside-no-subject = No subject
aside-unknown = No readable sender
aside-nobody = Its address belongs to no website here.
aside-ours = It comes from an address of yours, and names nobody else to answer.
aside-loop = It has gone back and forth between programs.
aside-blocked = Its sender is blocked.
aside-report = A mail server reports on a mail.
aside-reply = A program answered, such as an out-of-office note.
aside-bulk = It went to many: a list or a newsletter.
aside-too-big = It is larger than 10 MiB, and is still in the mailbox.
aside-no-mail = It is not a mail.
aside-no-sender = It names no sender.
aside-two-senders = It names more than one sender.
aside-broke = It is built in a way that cannot be read.
aside-take-in = Take it in
aside-take-in-help = It becomes a chat, or goes into the one that it answers. Nothing is sent to anybody by that.
aside-site = Website
aside-site-own = The one that it was sent to
aside-remove = Delete
aside-mail = The mail
aside-cut = Only the first 256 KiB of it are kept.
aside-not-read = Its sender cannot be read, so nobody could be answered. It stays here.
aside-not-ours = It comes from an address of yours and names nobody else, so you would answer yourself. It stays here.
aside-not-blocked = Its sender is blocked. Let them write again first; until then it stays here.
aside-not-site = Say which website it is for. It stays here until then.
audit-mail-taken-in = { $by } took in a mail that was set aside.
audit-mail-removed = { $by } deleted a mail that was set aside.
mail-by-form = Written in a form of the website: nobody checked that the address is theirs.
mail-aside = { $n ->
    [one] One mail is set aside.
   *[other] { $n } mails are set aside.
}
mail-aside-link = Look at them
