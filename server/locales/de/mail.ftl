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

