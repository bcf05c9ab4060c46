# Mails that go out.
mail-unsubscribe = No more of these mails
mail-before = Earlier in this conversation:
mail-more = { $n ->
    [one] One earlier message is in the chat.
   *[other] { $n } earlier messages are in the chat.
}
mail-reply-hint = You can also simply reply to this mail.
mail-why-visitor = You get this mail because you left this address at { $site }.
mail-why-agent = You get this mail because you work with this desk. You choose in your account which mails you get.
mail-visitor = You
mail-nobody = We
mail-agent-at = { $agent } ({ $site })
mail-link-ends = The link works until { $at }.

mail-unread-subject = Your conversation with { $site }
mail-unread-title = { $agent } has answered you
mail-unread-go = Continue the conversation

mail-proof-subject = Is this your address? – { $site }
mail-proof-title = Shall { $site } answer you here?
mail-proof-body = Somebody gave this address in the chat of { $site }. If that was you, confirm it, and answers that you miss in the chat will come here.
mail-proof-go = Yes, this is my address
mail-proof-not-you = If it was not you, do nothing: no answers will be sent here.

mail-transcript-subject = Your conversation with { $site }: the whole text
mail-transcript-title = Your conversation with { $site }
mail-transcript-more = { $n ->
    [one] One older message is left out.
   *[other] { $n } older messages are left out.
}

mail-test-subject = Test of { $site }
mail-test-title = Mail works
mail-test-body = { $by } sent this test from { $site }. What visitors do not read in the chat goes out like this.
mail-test-reply = Reply to it to try the way back.

mail-alert-waiting = { $who } is waiting and nobody is online
mail-alert-mention = { $who } mentioned you
mail-alert-assigned = A conversation with { $who } was given to you
mail-alert-other = { $who }
mail-alert-go = Open the conversation
mail-digest-subject = { $n ->
    [one] One conversation needs you
   *[other] { $n } conversations need you
}
mail-digest-more = { $n ->
    [one] And one more.
   *[other] And { $n } more.
}
mail-digest-go = Open the inbox

mail-invitation-subject = You are invited to { $workspace }
mail-invitation-title = { $by } invites you to { $workspace }
mail-invitation-body = Choose a name and a password, and you can answer visitors.
mail-invitation-go = Accept the invitation
mail-reset-subject = Choose a new password
mail-reset-title = Choose a new password
mail-reset-body = A new password was asked for this account. The old one works until you choose another.
mail-reset-go = Choose a password
mail-reset-not-you = If you did not ask for it, do nothing.

event-mail-sent = Sent by mail to { $to }.
event-mail-proof-sent = { $to } was asked by mail whether the address is right.
event-mail-proved = { $to } is confirmed: answers that are not read go there.
event-mail-transcript-sent = The conversation was mailed to { $to }.
event-mail-bounced = Mail to { $to } came back. Nothing more is sent there. { $why }
event-mail-failed = Mail to { $to } could not be sent. { $why }

mailpage-prove-title = Is this your address?
mailpage-prove-body = Confirm { $address }, and answers that you miss in the chat of { $site } will be mailed there.
mailpage-proved = Your address is confirmed.
mailpage-back-title = Back to your conversation
mailpage-back-body = It goes on in this browser, with everything that was written so far.
mailpage-plain = Without JavaScript the button leads to a plain page, on which you can read and answer. You can also reply to the mail.
mailpage-chat-title = Your conversation
mailpage-chat-you = You
mailpage-chat-more = What was written before is not shown here.
mailpage-chat-empty = Nothing is written here yet.
mailpage-chat-label = Your answer
mailpage-chat-send = Send
mailpage-chat-again = Look for new messages
mailpage-chat-words = A word in it is not accepted here. Change it and send it again.
mailpage-chat-wait = That was too much at once. Wait a minute and send it again.
mailpage-chat-not = It could not be sent from here. Your words are kept below; you can also reply to the mail.
mailpage-over-title = This link does not work any more
mailpage-over-body = It was used in another browser, or is too old. Nothing is lost: reply to the mail, or use the link of a newer one.
mailpage-other-title = Somebody else is signed in here
mailpage-other-body = This browser belongs to another visitor of the website. Sign out there, or open the link in another browser. The link still works.
mailpage-stop-title = No more of these mails?
mailpage-stop-body = Answers that are not read in the chat will not be mailed to { $address } any more.
mailpage-stop-go = No more mails
mailpage-stopped-title = No more mails
mailpage-stopped-body = You get none of them from now on. What you mail yourself is still answered.

mailpage-transcript = Mail me the whole conversation
mailpage-mailed-title = It is on its way
mailpage-mailed-body = The whole conversation is being mailed to { $address }.
transcript-title = Transcript
transcript-file = Save as text
transcript-mail = Mail to the visitor
