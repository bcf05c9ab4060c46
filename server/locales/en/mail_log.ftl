# What came or went by mail, in a chat's log, and how an agent writes one.
mail-by = by mail
mail-by-from = by mail from { $address }
mail-cc = Copy to
mail-files = Files in the mail
mail-original = Show the mail as it came
mail-original-more = Show the whole mail
mail-stranger = A stranger wrote by mail: { $address }. The visitor does not see this, and nothing is answered to it.
mail-automatic = An automatic answer by mail from { $address }
event-mail-sent = Sent by mail to { $to }.
event-mail-proof-sent = { $to } was asked by mail whether the address is theirs.
event-mail-proved = The address { $to } is proved.
event-mail-transcript-sent = The chat was sent to { $to }.
event-mail-bounced = The mail to { $to } came back. Nothing more goes there.
event-mail-bounced-why = The mail to { $to } came back: { $why }. Nothing more goes there.
event-mail-failed = The mail to { $to } could not be sent.
event-mail-failed-why = The mail to { $to } could not be sent: { $why }.
