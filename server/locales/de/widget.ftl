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
offline-hours = Gerade ist niemand da
back-at = Zurück { $when }
chat-closed = Dieser Chat ist beendet
connecting = Verbinden …

hello = Hallo! Wie können wir helfen?
hello-offline = Gerade ist niemand hier. Schreiben Sie uns; die Antwort kommt in diesen Chat.
line-label = Ihr Platz in der Reihe
line-nth = { $n }.
line-soon = { $n ->
    [one] Etwa eine Minute
   *[other] Etwa { $n } Minuten
}
line-wait = Etwa { $low } bis { $high } Minuten
line-keep = Sie können die Seite schließen. Ihr Platz bleibt.

bot-automated = Automatisch
bot-now = Automatische Antworten
bot-choices = Antwortvorschläge
bot-person = Mit einem Menschen sprechen
bot-getting = Wir holen jemanden…

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
held = Wartet auf das Formular
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
new-below = { $n ->
    [one] { $n } neue Nachricht
   *[other] { $n } neue Nachrichten
}
to-end = Neueste
today = Heute
yesterday = Gestern

event-agent_joined = { $name } ist jetzt im Chat.
event-agent_left = { $name } hat den Chat verlassen.
event-conversation_transferred = Sie wurden an { $to } weitergegeben.
event-visitor_nudged = Sind Sie noch da?
event-visitor_warned = Sind Sie noch da? Wenn Sie nicht schreiben, endet dieser Chat bald.
event-conversation_timed_out = Dieser Chat wurde beendet, weil eine Weile nichts geschrieben wurde. Schreiben Sie, um ihn fortzusetzen.
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
event-bot_handed_off = { $by ->
    [visitor] Sie haben um einen Menschen gebeten.
   *[nobody] Ich hole einen Menschen für Sie.
}
event-conversation_given_to_bot = { $by ->
    [named] { $name } hat den Chat an den Bot übergeben.
   *[nobody] Der Chat wurde an den Bot übergeben.
}

reconnecting = Verbindung verloren. Schreiben Sie ruhig weiter; wir versuchen es erneut.
offline = Sie sind offline. Schreiben Sie ruhig weiter; wir senden es der Reihe nach, sobald Sie zurück sind.
slow-down = Zu viele Nachrichten auf einmal. Die nächste geht in { $n } s hinaus.
unavailable = Dieser Chat ist auf dieser Seite nicht verfügbar.
blocked = Dieser Chat nimmt keine neuen Nachrichten an.
not-kept = Dieser Browser lässt uns nichts aufbewahren. Was gesendet ist, ist sicher; nicht gesendeter Text geht beim Schließen der Seite verloren.

menu = Menü
back = Zurück
menu-sound = Ton
menu-earlier = Frühere Chats
menu-transcript = Chat speichern
menu-kept = Was aufbewahrt wird
menu-forget = Auf diesem Gerät vergessen
kept-text = Wir bewahren Ihre Nachrichten auf, dazu Name und Adresse, wenn Sie sie nennen, und die Seiten, von denen Sie schreiben, damit { $site } Ihnen antworten kann.
kept-device = Dieses Gerät bewahrt einen Schlüssel zu Ihrem Chat und die letzten Nachrichten auf. Im Menü lassen Sie es beides vergessen.
forget-text = Der Chat verschwindet von diesem Gerät, und niemand kann ihn hier mehr lesen. Was Sie gesendet haben, bleibt bei { $site }.
forget-unsent = { $n ->
    [one] { $n } Nachricht ist noch nicht gesendet und geht verloren.
   *[other] { $n } Nachrichten sind noch nicht gesendet und gehen verloren.
}
forget-do = Vergessen
earlier-now = Dieser Chat
earlier-none = Es gibt keine früheren Chats.
earlier-more = Ältere Nachrichten zeigen
earlier-offline = Gerade gibt es keine Verbindung. Versuchen Sie es später noch einmal.

optional = (freiwillig)
form-consent = Bevor wir chatten
form-consent-note = Bis Sie zustimmen, wird nichts aufbewahrt und nichts gesendet.
form-consent-send = Zustimmen und chatten
form-refuse = Nein, danke
form-consent-refused = In Ordnung. Nichts wurde aufbewahrt und nichts gesendet.
form-consent-again = Noch einmal fragen
form-pre_chat = Bevor wir beginnen
form-pre_chat-send = Chat beginnen
form-offline = Wir haben gerade geschlossen
form-offline-written = Wir haben Ihre Nachricht
form-offline-send = Antwort an mich
form-rating = Wie waren wir?
form-rating-of = Wie war { $name }?
form-rating-send = Senden
form-stars = { $n ->
    [one] { $n } Stern
   *[other] { $n } Sterne
}
form-skip = Nicht jetzt
form-thanks = Danke. Es ist angekommen.
form-thanks-email = Danke. Wir schreiben an { $email }, wenn Sie nicht mehr da sind.
form-thanks-rating = Danke für die Bewertung.
field-missing = Bitte ausfüllen.
field-email = Das sieht nicht nach einer E-Mail-Adresse aus, etwa name@example.com.
field-wrong = Bitte prüfen.
