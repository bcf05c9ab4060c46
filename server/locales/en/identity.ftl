# A website's identity secret.
identity = Visitors whom your website knows
identity-help = Who is signed in on your website can be known here, too: agents see a verified name, and the chat is the same on every device. Your server signs a short-lived token with this secret, and the page hands it to the widget.
identity-secret = Identity secret
identity-none = There is none yet, so no token is believed.
identity-one = One counts. Make a new one to change over: the one before goes on counting until you end it.
identity-both = Two count. When your server signs with the newer, end the older.
identity-make = Make the secret
identity-rotate = Make a new one
identity-end = End the older
identity-made = The new secret
identity-made-help = It is shown this once. Keep it on your server, like a password; it never belongs in a page.
identity-two = Two secrets count already. End the older first; nothing was changed.
identity-no-older = There is no older secret. Nothing was changed.
identity-code = What your server does
identity-code-help = For each page of somebody who is signed in, make a token that lives for five minutes.
identity-page = What the page does
sites-topics = Queues that the topic offers; none ticked offers all
