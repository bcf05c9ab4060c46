# Why another server could not be asked. No full stop: it stands in a sentence, or alone in a line.
outgoing-bad-url = the address cannot be used. Write one like https://bot.example.com/, without a user or a password in it
outgoing-refused = { $host } leads to { $address }, inside your own networks; nothing was sent. Whoever runs the server can allow it with --outgoing-allow
outgoing-dns = the name { $host } could not be found ({ $why })
outgoing-connect = nobody takes the connection ({ $why })
outgoing-tls = there is no secure connection ({ $why })
outgoing-timed-out = no answer came within { $seconds } s
outgoing-too-big = the answer is larger than { $bytes } bytes
outgoing-redirect = it redirects ({ $status }) to { $to }, which is not followed: write the final address
outgoing-compressed = the answer is compressed ({ $encoding }); it has to come without
outgoing-cut-off = the connection broke off ({ $why })
outgoing-unable = this server cannot ask anybody ({ $why })
outgoing-status = it answered with { $status }
