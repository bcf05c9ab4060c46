# Die Worte des Widgets. Kurz, aktiv; was geschah, was sicher ist, was zu tun ist.
bubble-open = Chat öffnen
bubble-close = Chat schließen
bubble-unread = { $n ->
    [one] Chat öffnen, { $n } neue Nachricht
   *[other] Chat öffnen, { $n } neue Nachrichten
}
close = Schließen
title = Chat
log = Nachrichten
runs-on = Läuft mit Deskbell

here-now = { $site }, jetzt da
online = Jetzt da
reply-within = { $n ->
    [one] Wir antworten meist innerhalb einer Minute
   *[other] Wir antworten meist in { $n } Minuten
}
offline-hours = Wir haben gerade geschlossen
back-at = Zurück { $when }
chat-closed = Dieser Chat ist beendet
connecting = Verbinden …

hello = Hallo! Wie können wir helfen?
hello-offline = Gerade ist niemand hier. Schreiben Sie uns; die Antwort kommt in diesen Chat.
line-place = Ihr Platz in der Reihe: { $place }
line-wait = Etwa { $low } bis { $high } Minuten
line-keep = Sie können die Seite schließen. Ihr Platz bleibt.

write = Nachricht schreiben
write-again = Noch einmal schreiben
send = Senden
editing = Nachricht ändern
save = Speichern
cancel = Abbrechen
edit = Ändern
delete = Löschen
chars-left = { $n ->
    [one] Noch { $n } Zeichen
   *[other] Noch { $n } Zeichen
}
chars-over = { $n ->
    [one] { $n } Zeichen zu viel. Ihr Text ist noch da.
   *[other] { $n } Zeichen zu viel. Ihr Text ist noch da.
}

sending = Wird gesendet …
waiting = Wartet auf das Netz
sent = Gesendet
delivered = Zugestellt
read = Gelesen
failed = Nicht gesendet.
retry = Noch einmal
discard = Verwerfen
edited = geändert
you = Sie
you-deleted = Sie haben eine Nachricht gelöscht
they-deleted = Nachricht gelöscht
bot = Bot
team = Support
typing = { $name } schreibt
new-below = Neue Nachrichten
today = Heute
yesterday = Gestern

event-agent_joined = { $name } ist jetzt im Chat.
event-agent_left = { $name } hat den Chat verlassen.
event-conversation_transferred = Sie wurden an { $to } weitergegeben.
event-conversation_closed = { $by ->
    [visitor] Sie haben den Chat beendet.
    [named] { $name } hat den Chat beendet.
   *[nobody] Der Chat wurde beendet.
}
event-conversation_reopened = { $by ->
    [visitor] Sie haben den Chat wieder geöffnet.
    [named] { $name } hat den Chat wieder geöffnet.
   *[nobody] Der Chat wurde wieder geöffnet.
}

reconnecting = Verbindung verloren. Schreiben Sie ruhig weiter; wir versuchen es erneut.
offline = Sie sind offline. Schreiben Sie ruhig weiter; wir senden es der Reihe nach, sobald Sie zurück sind.
slow-down = Zu viele Nachrichten auf einmal. Die nächste geht in { $n } s hinaus.
unavailable = Dieser Chat ist auf dieser Seite nicht verfügbar.
blocked = Dieser Chat nimmt keine neuen Nachrichten an.
not-kept = Dieser Browser lässt uns nichts aufbewahren. Was gesendet ist, ist sicher; nicht gesendeter Text geht beim Schließen der Seite verloren.
