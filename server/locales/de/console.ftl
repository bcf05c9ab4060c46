# Die Wörter der Konsole. Kurz, tätig, mit Sie; was geschehen ist, dass nichts verloren ist, was zu
# tun ist.

## Everywhere
you = Sie
visitor = Besucher
colleague = Ein Teammitglied
bot = Bot
email = E-Mail
password = Passwort
skip = Zum Gespräch springen
dismiss = Ausblenden

## Sign-in
sign-in = Anmelden
sign-in-help = Entwürfe und offene Chats sind, wo Sie sie verlassen haben.
sign-in-button = Anmelden
sign-in-no-account = Kein Konto? Fragen Sie, wem der Arbeitsbereich gehört.
sign-in-wrong = E-Mail oder Passwort stimmt nicht. Ist die Feststelltaste an?
sign-in-too-many = Zu viele Versuche. In { $seconds } s geht es wieder.
sign-in-expired = Sie wurden abgemeldet. Melden Sie sich an, um weiterzumachen.
sign-out = Abmelden

## Set-up
setup = Richten Sie Ihren Tresen ein
setup-help = Ein Konto, eine Website. Mehr kommt später dazu, und alles lässt sich ändern.
setup-button = Einrichten
setup-step-desk = Ihr Tresen
setup-step-desk-help = Wer antwortet, und für welche Website.
setup-step-tag = Das Tag
setup-step-tag-help = Eine Zeile für Ihre Website.
setup-step-try = Ausprobieren
setup-step-try-help = Chatten Sie mit sich selbst im Probeladen.
setup-server = Dieser Server
setup-database = Datenbank bereit, in { $place }
setup-url = Erreichbar unter { $url }
setup-email-help = Damit melden Sie sich an.
setup-password-help = Mindestens 10 Zeichen. Ein Satz ist gut.
setup-site = Name der Website
setup-site-help = Besucher sehen ihn oben im Chat.
setup-origin = Adresse der Website
setup-origin-help = Anderswo lädt der Chat nicht, außer auf den Seiten dieses Servers.
problem-email = Schreiben Sie eine ganze Adresse, etwa lena@shop.example.
problem-password-short = Nehmen Sie mindestens 10 Zeichen.
problem-password-long = Nehmen Sie höchstens 1.024 Zeichen.
problem-site-name = Geben Sie der Website einen Namen mit bis zu 100 Zeichen.
problem-origin = Schreiben Sie sie als https://shop.example, ohne Pfad.

## Errors
error-to-console = Zur Konsole
error-number = Für das Protokoll des Betreibers: { $id }
error-unreadable = Die Anfrage war nicht lesbar
error-unreadable-help = Nichts wurde geändert. Gehen Sie zurück und versuchen Sie es noch einmal.
error-not-allowed = Das dürfen Sie hier nicht
error-not-allowed-help = Nichts wurde geändert. Vielleicht ist Ihre Sitzung abgelaufen: Melden Sie sich neu an.
error-not-found = Hier ist nichts
error-not-found-help = Die Adresse ist unvollständig oder gehört zu einem anderen Arbeitsbereich.
error-stale = Es hat sich inzwischen geändert
error-stale-help = Nichts geschah doppelt. Öffnen Sie es neu, um den Stand zu sehen.
error-gone = Dieser Link wurde schon benutzt
error-gone-help = Der Tresen besteht. Melden Sie sich an, um weiterzumachen.
error-too-big = Das war zu groß
error-too-big-help = Nichts wurde gespeichert. Gehen Sie zurück: Ihr Text ist noch da. Kürzen Sie ihn.
error-too-many = Das war viel auf einmal
error-too-many-help = Nichts ist verloren. Warten Sie ein paar Sekunden und versuchen Sie es wieder.
error-restarting = Der Server startet neu
error-restarting-help = Gesendetes ist gespeichert. Versuchen Sie es in ein paar Sekunden wieder.
error-broken = Bei uns ist etwas kaputtgegangen
error-broken-help = Früher Gesendetes ist gespeichert. Gehen Sie zurück und versuchen Sie diesen Schritt noch einmal.

## The desk
rail = Hauptmenü
inbox = Eingang
conversations = Gespräche
views = Ansichten
view-mine = Meine
view-waiting = Wartend
view-all = Alle
view-closed = Zu
own-load = { $load } von { $capacity } Chats
turn-ours = Braucht eine Antwort
turn-theirs = Der Besucher ist dran
turn-queue = In der Schlange
turn-bot = Beim Bot
turn-snoozed = Zurückgestellt
turn-closed = Geschlossen
state-queued = Wartet
state-queued-in = Wartet in { $queue }
state-bot = Der Bot antwortet
state-mine = Ihrer
state-snoozed = Zurückgestellt
state-closed = Geschlossen
row-last-mine = Sie:
row-last-by = { $agent }:
row-unread = { $count ->
    [one] { $count } ungelesene Nachricht
   *[other] { $count } ungelesene Nachrichten
}
draft = Entwurf
take = Nehmen
take-over = Übernehmen
take-named = Den Chat mit { $visitor } nehmen
close = Schließen
reopen = Wieder öffnen
empty-waiting = Alle haben Antwort
empty-waiting-help = Die Schlange ist leer. Neue Chats erscheinen zuerst hier.
empty-mine = Kein Chat in Ihren Händen
empty-mine-help = Nehmen Sie einen unter Wartend, oder warten Sie auf den nächsten.
empty-all = Keine offenen Chats
empty-all-help = Schreibt ein Besucher, erscheint der Chat hier.
empty-closed = Noch nichts geschlossen
empty-closed-help = Geschlossene Chats bleiben hier.
foot-waiting = { $count ->
    [0] Niemand wartet
   *[other] Wartend: { $count }
}
foot-longest = am längsten
link-off = Nicht live. Laden Sie die Seite neu, um Neues zu sehen.
notice-taken = { $agent } hat diesen Chat gerade eben genommen.
notice-closed = Chat mit { $visitor } geschlossen.
notice-stale = Dieser Chat hat sich inzwischen geändert. Nichts wurde getan; so steht er jetzt.

## A conversation
pane-label = Chat mit { $visitor }
back = Zurück zur Liste
messages = Nachrichten
earlier = Frühere Nachrichten zeigen
verified = Von der Website bestätigt
unverified = Nicht bestätigt
message-deleted = { $author } hat eine Nachricht gelöscht
note-by = { $agent }, Notiz, nur fürs Team
status-sending = Wird gesendet…
status-sent = Gesendet
status-delivered = Zugestellt
status-read = Gelesen
status-failed = Nicht gesendet
status-again = Noch einmal
status-edited = bearbeitet
event-started = Der Chat begann.
event-joined = Ein Teammitglied ist dabei.
event-agent-joined = { $agent } ist dabei.
event-left = Ein Teammitglied ist gegangen.
event-agent-left = { $agent } ist gegangen.
event-closed = Der Chat wurde geschlossen.
event-closed-by = { $by } hat den Chat geschlossen.
event-visitor-closed = Der Besucher hat den Chat geschlossen.
event-reopened = Der Chat wurde wieder geöffnet.
event-reopened-by = { $by } hat den Chat wieder geöffnet.
event-visitor-reopened = Der Besucher schrieb wieder.
event-merged = Der Besucher hat sich angemeldet. Dieser Chat geht in einem anderen von ihm weiter.
event-continued = Der Besucher hat sich auf einem anderen Gerät angemeldet. Der Chat von dort geht hier weiter.
event-rated = Der Besucher gab diesem Chat { $score } von 5.
event-rated-comment = Der Besucher gab diesem Chat { $score } von 5: { $comment }
event-transferred = Weitergegeben an { $to }.
event-transferred-by = { $by } hat den Chat an { $to } weitergegeben.
event-unknown = { $name }
strip-queued = Diesen Chat hat noch niemand. Nehmen Sie ihn, um zu antworten.
strip-bot = Der Bot antwortet. Sie können jederzeit übernehmen.
strip-closed = Dieser Chat ist geschlossen. Öffnen Sie ihn wieder, um zu schreiben.
strip-colleague = { $agent } hat diesen Chat. Der Besucher sieht, was Sie schreiben.
composer-mode = Antwort oder Notiz
reply = Antwort
note = Notiz
write-to = An { $visitor }
write-here = Hier schreiben
note-only-agents = Nur fürs Team
composer-hint = Umschalt und Eingabe: neue Zeile
send = Senden
add-note = Notiz anfügen
answered-meanwhile = { $agent } hat geantwortet, während Sie schrieben. Ihr Text ist noch da.
look-first = Erst ansehen
send-anyway = Trotzdem senden
refused-too-long = { $count ->
    [one] { $count } Zeichen zu viel. Ihr Text ist noch da.
   *[other] { $count } Zeichen zu viel. Ihr Text ist noch da.
}
refused-too-fast = Zu viele Nachrichten auf einmal. Die nächste geht in { $seconds } s. Ihr Text ist noch da.
refused-empty = Noch gibt es nichts zu senden.
refused-closed = Dieser Chat ist geschlossen. Öffnen Sie ihn zum Senden; Ihr Text ist noch da.
refused-other = Nicht ausgeführt: { $detail } Ihr Text ist noch da.
facts = Über den Besucher
facts-external-id = Kennung auf der Website
facts-site = Website
facts-queue = Schlange
facts-started = Beginn
facts-owner = Bei
no-pane = Wählen Sie einen Chat
no-pane-help = Er öffnet sich hier. Neue Chats drängen sich nie davor.
keys-move = Nächster, voriger
keys-open = Öffnen
keys-take = Nehmen
keys-reply = Antworten
keys-close = Schließen
keys-single = Tastenkürzel mit einem Buchstaben

## Warum ein Chat ist, wo er ist
why-least-loaded = Ging an { $agent }: dort war am meisten Platz, { $load } von { $capacity } Chats.
why-round-robin = Ging an { $agent }: in { $queue } an der Reihe.
why-sticky = Ging an { $agent }: hatte diesen Besucher beim letzten Mal.
why-taken = { $agent } hat ihn übernommen.
why-taken-from = { $agent } hat ihn von { $from } übernommen.
why-transferred = An { $agent } weitergegeben.
why-transferred-queue = In { $queue } weitergegeben.
why-no-answer = { $from } hat nicht rechtzeitig geantwortet. Er steht wieder vorn.
why-away = { $from } war abwesend. Er steht wieder vorn.
why-offline = { $from } ging offline. Er steht wieder vorn.
why-owner-gone = Er wurde wieder aktiv, als { $from } nicht da war. Er steht in der Warteschlange.
why-overflow = Er wartete anderswo zu lange und ging an { $queue }.
why-moved = Der Besucher hat { $queue } gewählt.
why-reopened = Er war geschlossen und geht in { $queue } weiter.
why-given-to-bot = Jemand hat ihn dem Bot gegeben.
why-handed-off = Der Bot hat ihn an { $queue } übergeben.
why-closed = Er wurde geschlossen.

## Said by the script
js-connecting = Verbinde…
js-live = Verbunden
js-live-slow = Verbunden, auf langsamerem Weg
js-lost = Verbindung verloren. Neuer Versuch in { $seconds } s. Sie können weiterschreiben.
js-offline = Sie sind offline. Schreiben Sie weiter; wir senden es der Reihe nach, sobald Sie zurück sind.
js-signed-out = Sie wurden abgemeldet. Es geht zur Anmeldung; Ihr Text bleibt erhalten.
js-refused = Der Server verweigert Live-Nachrichten. Laden Sie die Seite neu, um Neues zu sehen.
js-typing = { $agent } schreibt
js-colleague-typing = Ein Teammitglied schreibt
js-taken = { $agent } hat diesen Chat gerade eben genommen.
js-answered = { $agent } hat geantwortet, während Sie schrieben. Ihr Text ist noch da.
js-changed = Dieser Chat hat sich inzwischen geändert. Nichts wurde getan; so steht er jetzt.
js-too-long = { $count } zu viel
js-too-fast = Zu viele Nachrichten auf einmal. Die nächste geht in { $seconds } s.
js-unsent = Noch nicht gesendet: { $count }
js-not-done = Nicht ausgeführt: { $text }
js-said = { $agent }: { $text }
js-noted = { $agent }, Notiz: { $text }
js-now = jetzt
js-minutes = { $count } min
js-hours = { $count } h
js-waiting-none = Niemand wartet
js-longest = am längsten
js-waiting = Wartend: { $count }
js-new-below = Neue Nachrichten
js-today = Heute
js-yesterday = Gestern

# Panes, shortcuts, the palette.
shut-pane = Diese Spalte schließen
keys-beside = Daneben öffnen
keys-all = Alle Tastenkürzel
keys-next-mine = Nächster Chat, der mich braucht
keys-find = Suchen
keys-list = Zurück zur Liste
keys-pane = Zu Spalte 1 bis 4
keys-shut = Spalte schließen
keys-panel = Seitenleiste
keys-pass = Weitergeben
keys-snooze = Zurückstellen
keys-reopen = Wieder öffnen
keys-undo = Rückgängig
keys-note = Notiz
keys-send = Senden
keys-line = Neue Zeile
keys-send-close = Senden und abschließen
keys-canned = Textbaustein
keys-mention = Kollegen in einer Notiz erwähnen
keys-edit = Meine letzte Nachricht bearbeiten
keys-palette = Alles beim Namen
help-list = Liste
help-panes = Spalten
help-chat = Chat
help-write = Schreiben
help-all = Überall
palette = Chat oder Befehl finden
palette-here = Name, Wort oder Befehl tippen
palette-acts = Befehle
palette-chats = Chats
palette-view = Zeigen:
undo = Rückgängig
js-palette-none = Nichts passt zu „{ $text }“.
js-resize = Breite von Spalte { $number }
js-closed = Chat mit { $visitor } abgeschlossen.
js-not-closed = Der Besucher hat noch einmal geschrieben, der Chat bleibt offen.
js-chat-gone = Diesen Chat gibt es nicht mehr, oder er ging in eine Warteschlange, die nicht deine ist.
js-chat-offline = Keine Verbindung, deshalb ließ sich das nicht öffnen. Versuch es gleich noch einmal.
palette-own = Status:
js-palette-nothing = Es gibt nichts rückgängig zu machen.
js-palette-nobody = In dieser Liste braucht dich kein Chat.
js-palette-no-chat = Öffne zuerst einen Chat.
js-palette-not-here = Geht in diesem Chat gerade nicht.

backup-never = Es gibt noch keine Sicherung.
backup-late = Die letzte Sicherung ist vom
backup-how = Wer den Server betreibt, macht eine mit
