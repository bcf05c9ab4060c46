# Mails, die hinausgehen.
mail-unsubscribe = Keine solchen Mails mehr
mail-before = Vorher in diesem Gespräch:
mail-more = { $n ->
    [one] Eine frühere Nachricht steht im Chat.
   *[other] { $n } frühere Nachrichten stehen im Chat.
}
mail-reply-hint = Sie können auch einfach auf diese Mail antworten.
mail-why-visitor = Sie bekommen diese Mail, weil Sie diese Adresse bei { $site } angegeben haben.
mail-why-agent = Sie bekommen diese Mail, weil Sie in diesem Team arbeiten. Welche Mails Sie bekommen, wählen Sie in Ihrem Konto.
mail-visitor = Sie
mail-nobody = Wir
mail-agent-at = { $agent } ({ $site })
mail-link-ends = Der Link gilt bis { $at }.

mail-unread-subject = Ihr Gespräch mit { $site }
mail-unread-title = { $agent } hat Ihnen geantwortet
mail-unread-go = Gespräch fortsetzen

mail-proof-subject = Ist das Ihre Adresse? – { $site }
mail-proof-title = Soll { $site } Ihnen hier antworten?
mail-proof-body = Jemand hat im Chat von { $site } diese Adresse angegeben. Wenn Sie das waren, bestätigen Sie es; dann kommen Antworten, die Sie im Chat verpassen, hierher.
mail-proof-go = Ja, das ist meine Adresse
mail-proof-not-you = Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Es werden keine Antworten hierher geschickt.

mail-transcript-subject = Ihr Gespräch mit { $site }: der ganze Text
mail-transcript-title = Ihr Gespräch mit { $site }
mail-transcript-more = { $n ->
    [one] Eine ältere Nachricht fehlt.
   *[other] { $n } ältere Nachrichten fehlen.
}

mail-test-subject = Test von { $site }
mail-test-title = Mail funktioniert
mail-test-body = { $by } hat diesen Test von { $site } geschickt. Was Besucher im Chat nicht lesen, geht so hinaus.
mail-test-reply = Antworten Sie darauf, um den Rückweg zu prüfen.

mail-alert-waiting = { $who } wartet, und niemand ist online
mail-alert-mention = { $who } hat Sie erwähnt
mail-alert-assigned = Ein Gespräch mit { $who } wurde Ihnen gegeben
mail-alert-other = { $who }
mail-alert-go = Gespräch öffnen
mail-digest-subject = { $n ->
    [one] Ein Gespräch braucht Sie
   *[other] { $n } Gespräche brauchen Sie
}
mail-digest-more = { $n ->
    [one] Und noch eines.
   *[other] Und { $n } weitere.
}
mail-digest-go = Posteingang öffnen

mail-invitation-subject = Sie sind zu { $workspace } eingeladen
mail-invitation-title = { $by } lädt Sie zu { $workspace } ein
mail-invitation-body = Wählen Sie einen Namen und ein Passwort, dann können Sie Besuchern antworten.
mail-invitation-go = Einladung annehmen
mail-reset-subject = Neues Passwort wählen
mail-reset-title = Neues Passwort wählen
mail-reset-body = Für dieses Konto wurde ein neues Passwort angefordert. Das alte gilt, bis Sie ein anderes wählen.
mail-reset-go = Passwort wählen
mail-reset-not-you = Wenn Sie es nicht angefordert haben, brauchen Sie nichts zu tun.

event-mail-sent = Per Mail an { $to } geschickt.
event-mail-proof-sent = { $to } wurde per Mail gefragt, ob die Adresse stimmt.
event-mail-proved = { $to } ist bestätigt: Ungelesene Antworten gehen dorthin.
event-mail-transcript-sent = Das Gespräch wurde an { $to } geschickt.
event-mail-bounced = Eine Mail an { $to } kam zurück. Dorthin wird nichts mehr geschickt. { $why }
event-mail-failed = Eine Mail an { $to } ließ sich nicht senden. { $why }

mailpage-prove-title = Ist das Ihre Adresse?
mailpage-prove-body = Bestätigen Sie { $address }, dann kommen Antworten, die Sie im Chat von { $site } verpassen, per Mail dorthin.
mailpage-proved = Ihre Adresse ist bestätigt.
mailpage-back-title = Zurück zu Ihrem Gespräch
mailpage-back-body = Es geht in diesem Browser weiter, mit allem, was bisher geschrieben wurde.
mailpage-plain = Ohne JavaScript führt der Knopf auf eine einfache Seite zum Lesen und Antworten. Sie können auch auf die Mail antworten.
mailpage-chat-title = Ihr Gespräch
mailpage-chat-you = Sie
mailpage-chat-more = Was vorher geschrieben wurde, steht hier nicht.
mailpage-chat-empty = Hier steht noch nichts.
mailpage-chat-label = Ihre Antwort
mailpage-chat-send = Senden
mailpage-chat-again = Nach neuen Nachrichten sehen
mailpage-chat-words = Ein Wort darin wird hier nicht angenommen. Ändern Sie es und senden Sie noch einmal.
mailpage-chat-wait = Das war zu viel auf einmal. Warten Sie eine Minute und senden Sie noch einmal.
mailpage-chat-not = Von hier ließ es sich nicht senden. Ihr Text steht unten; Sie können auch auf die Mail antworten.
mailpage-over-title = Dieser Link gilt nicht mehr
mailpage-over-body = Er wurde in einem anderen Browser benutzt oder ist zu alt. Nichts ist verloren: Antworten Sie auf die Mail, oder benutzen Sie den Link einer neueren.
mailpage-other-title = Hier ist jemand anderes angemeldet
mailpage-other-body = Dieser Browser gehört einem anderen Besucher der Website. Melden Sie sich dort ab, oder öffnen Sie den Link in einem anderen Browser. Der Link gilt weiter.
mailpage-stop-title = Keine solchen Mails mehr?
mailpage-stop-body = Antworten, die im Chat nicht gelesen werden, gehen nicht mehr an { $address }.
mailpage-stop-go = Keine Mails mehr
mailpage-stopped-title = Keine Mails mehr
mailpage-stopped-body = Ab jetzt bekommen Sie keine davon. Was Sie selbst schreiben, wird weiter beantwortet.

mailpage-transcript = Mir das ganze Gespräch mailen
mailpage-mailed-title = Es ist unterwegs
mailpage-mailed-body = Das ganze Gespräch geht per Mail an { $address }.
transcript-title = Mitschrift
transcript-file = Als Text speichern
transcript-mail = An den Besucher mailen
