settings-webhooks = Webhooks
webhooks-help = Another server is told what happens, signed, at least once each, in order within a chat.
webhooks-none = There are no webhooks yet.
webhooks-add = Add a webhook
webhooks-url = Address
webhooks-url-help = It takes a POST of JSON and answers with 2xx within 10 seconds.
webhooks-events = It is told of
webhooks-inner = Agents' notes: never shown to visitors
webhooks-bad-url = This is no address that can be asked. Write one like https://example.com/hook, without a user in it. Nothing was changed.
webhooks-inside = This address is inside your server's own network. Whoever runs the server can allow it with --outgoing-allow. Nothing was changed.
webhooks-no-kinds = Tick at least one event. Nothing was changed.
webhooks-too-many = A workspace has at most 20 webhooks. Remove one first; nothing was changed.
webhooks-off = Off
webhooks-gone = Off: it said it is gone
webhooks-off-help = It is off: nothing is sent. What waited goes out when it is on again; what happens meanwhile does not.
webhooks-gone-help = It answered with 410, which means that it is gone, and was switched off. Check the address, then switch it on: what waited goes out then.
webhooks-secret = Signing secret
webhooks-secret-help = It is shown this once. Your server checks signatures with it: keep it like a password.
webhooks-rotate = Make a new secret
webhooks-rotate-help = A new secret signs beside this one until you end the old one, so that nothing is missed.
webhooks-two-secrets = Two secrets sign. End the old one once your server knows the new one.
webhooks-end-old = End the old secret
webhooks-test = Send test
webhooks-test-good = It took the test, { $ms } ms
webhooks-test-bad = It did not take the test, { $ms } ms
webhooks-request = Request
webhooks-answer = Answer
webhooks-empty = There is nothing in it.
webhooks-failed = Failed
webhooks-failed-help = Tried for about a day and given up. The events are kept: send them again when the other server is well.
webhooks-failed-none = Nothing has failed.
webhooks-replay = Send again
webhooks-replay-all = Send all again
webhooks-pending = Waiting
webhooks-sent = Delivered
webhooks-sent-none = Nothing has been delivered yet.
webhooks-not-tried = not tried yet
webhooks-next = Next attempt:
webhooks-change = Address and events
webhooks-end = Switch off or remove
webhooks-end-help = Off, it can be switched on again. Removed, it is gone with all that waits for it.
webhooks-disable = Switch off
webhooks-enable = Switch on
webhooks-remove = Remove
audit-webhook-added = { $by } added the webhook at { $name }.
audit-webhook-changed = { $by } changed the webhook at { $name }.
audit-webhook-secret = { $by } made a new secret for the webhook at { $name }.
audit-webhook-secret-ended = { $by } ended the old secret of the webhook at { $name }.
audit-webhook-on = { $by } switched the webhook at { $name } on.
audit-webhook-off = { $by } switched the webhook at { $name } off.
audit-webhook-removed = { $by } removed the webhook at { $name }.
audit-webhook-replayed = { $by } sent failed events to { $name } again.
webhooks-kinds = { $n ->
    [one] { $n } kind of event
   *[other] { $n } kinds of events
}
webhooks-waiting = { $n } waiting
webhooks-dead = { $n } failed
webhooks-attempts = { $n ->
    [one] { $n } attempt
   *[other] { $n } attempts
}
webhooks-secrets = Renew the secret
