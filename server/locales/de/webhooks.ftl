settings-webhooks = Webhooks
webhooks-help = Ein anderer Server erfährt, was geschieht: signiert, jedes mindestens einmal, innerhalb eines Chats der Reihe nach.
webhooks-none = Es gibt noch keine Webhooks.
webhooks-add = Webhook hinzufügen
webhooks-url = Adresse
webhooks-url-help = Sie nimmt ein POST mit JSON an und antwortet innerhalb von 10 Sekunden mit 2xx.
webhooks-events = Sie erfährt von
webhooks-inner = Notizen von Agenten: Besucher sehen sie nie
webhooks-bad-url = Diese Adresse lässt sich nicht aufrufen. Schreiben Sie eine wie https://example.com/hook, ohne Benutzer darin. Nichts wurde geändert.
webhooks-inside = Diese Adresse liegt im eigenen Netz Ihres Servers. Wer den Server betreibt, kann sie mit --outgoing-allow erlauben. Nichts wurde geändert.
webhooks-no-kinds = Wählen Sie mindestens ein Ereignis. Nichts wurde geändert.
webhooks-too-many = Ein Arbeitsbereich hat höchstens 20 Webhooks. Entfernen Sie zuerst einen; nichts wurde geändert.
webhooks-off = Aus
webhooks-gone = Aus: sie meldet, dass es sie nicht mehr gibt
webhooks-off-help = Er ist aus: Nichts wird gesendet. Was wartete, geht hinaus, sobald er wieder an ist; was inzwischen geschieht, nicht.
webhooks-gone-help = Sie hat mit 410 geantwortet, also gibt es sie nicht mehr; der Webhook wurde ausgeschaltet. Prüfen Sie die Adresse und schalten Sie ihn ein: Dann geht hinaus, was wartete.
webhooks-secret = Geheimnis der Signatur
webhooks-secret-help = Es wird nur dieses eine Mal gezeigt. Ihr Server prüft damit Signaturen: Bewahren Sie es wie ein Passwort auf.
webhooks-rotate = Neues Geheimnis erzeugen
webhooks-rotate-help = Ein neues Geheimnis signiert neben diesem, bis Sie das alte beenden; so geht nichts verloren.
webhooks-two-secrets = Zwei Geheimnisse signieren. Beenden Sie das alte, sobald Ihr Server das neue kennt.
webhooks-end-old = Altes Geheimnis beenden
webhooks-test = Test senden
webhooks-test-good = Der Test kam an, { $ms } ms
webhooks-test-bad = Der Test kam nicht an, { $ms } ms
webhooks-request = Anfrage
webhooks-answer = Antwort
webhooks-empty = Es steht nichts darin.
webhooks-failed = Fehlgeschlagen
webhooks-failed-help = Etwa einen Tag lang versucht und aufgegeben. Die Ereignisse sind aufbewahrt: Senden Sie sie erneut, wenn der andere Server wieder bereit ist.
webhooks-failed-none = Nichts ist fehlgeschlagen.
webhooks-replay = Erneut senden
webhooks-replay-all = Alle erneut senden
webhooks-pending = Wartet
webhooks-sent = Zugestellt
webhooks-sent-none = Noch wurde nichts zugestellt.
webhooks-not-tried = noch nicht versucht
webhooks-next = Nächster Versuch:
webhooks-change = Adresse und Ereignisse
webhooks-end = Ausschalten oder entfernen
webhooks-end-help = Ausgeschaltet lässt er sich wieder einschalten. Entfernt ist er weg, mit allem, was auf ihn wartet.
webhooks-disable = Ausschalten
webhooks-enable = Einschalten
webhooks-remove = Entfernen
audit-webhook-added = { $by } hat den Webhook bei { $name } hinzugefügt.
audit-webhook-changed = { $by } hat den Webhook bei { $name } geändert.
audit-webhook-secret = { $by } hat ein neues Geheimnis für den Webhook bei { $name } erzeugt.
audit-webhook-secret-ended = { $by } hat das alte Geheimnis des Webhooks bei { $name } beendet.
audit-webhook-on = { $by } hat den Webhook bei { $name } eingeschaltet.
audit-webhook-off = { $by } hat den Webhook bei { $name } ausgeschaltet.
audit-webhook-removed = { $by } hat den Webhook bei { $name } entfernt.
audit-webhook-replayed = { $by } hat fehlgeschlagene Ereignisse erneut an { $name } gesendet.
webhooks-kinds = { $n ->
    [one] { $n } Art von Ereignissen
   *[other] { $n } Arten von Ereignissen
}
webhooks-waiting = { $n } warten
webhooks-dead = { $n } fehlgeschlagen
webhooks-attempts = { $n ->
    [one] { $n } Versuch
   *[other] { $n } Versuche
}
webhooks-secrets = Geheimnis erneuern
