# Die Mail einer Website: ihre Seite in den Einstellungen, und die Worte ihrer Mails, wo sie keine eigenen hat.
mail = Mail
mail-help = Was Besucher nicht gelesen haben, geht an ihre Mailadresse, und was sie antworten, kommt in denselben Chat.
mail-works = Was jetzt geht
mail-works-help = Server und Domains werden beim Start von Deskbell gesetzt. Ob sie tun, was sie sollen, sagt: deskbell doctor --mail
mail-out = Mails gehen über { $server } hinaus.
mail-out-none = Es geht keine Mail hinaus: Deskbell wurde ohne --smtp gestartet.
mail-from = Sie kommen von { $address }.
mail-from-none = Sie haben keinen Absender: Geben Sie dieser Website unten eine eigene Adresse, oder starten Sie Deskbell mit --mail-domain.
mail-reply-to = Antworten gehen an { $address }; was für … steht, sagt, wessen Antwort es ist.
mail-ways = Antworten kommen herein über { $ways }.
mail-ways-none = Antworten kommen nicht herein: Deskbell wurde ohne --imap, --lmtp-listen und --inbound-secret gestartet. Besucher antworten im Chat, über den Link in der Mail.
mail-way-imap = ein Postfach, das gelesen wird (IMAP)
mail-way-lmtp = Ihren Mailserver (LMTP)
mail-way-http = HTTP
mail-sender = Wer schreibt
mail-address = Adresse dieser Website
mail-address-help = Von ihr kommen die Mails. Eine Mail an sie beginnt einen Chat, wenn sie hier ankommt. Ihr Mailserver muss Deskbell in ihrem Namen senden lassen.
mail-name = Name daneben
mail-signature = Signatur
mail-signature-help = Steht unter den Worten eines Agenten. Höchstens 1000 Zeichen.
mail-when = Wann es hinausgeht
mail-away = Was ein Besucher nicht gelesen hat, geht hinaus
mail-away-help = Alles Wartende geht in einer Mail an eine Adresse, die der Besucher als seine bestätigt hat. Wer es vorher im Chat liest, bekommt keine.
mail-away-off = nie
mail-away-seconds = { $n ->
    [one] nach 1 Sekunde
   *[other] nach { $n } Sekunden
}
mail-away-minutes = { $n ->
    [one] nach 1 Minute
   *[other] nach { $n } Minuten
}
mail-away-hours = { $n ->
    [one] nach 1 Stunde
   *[other] nach { $n } Stunden
}
mail-offline = Ob Besucher nach einer Adresse gefragt werden, während niemand da ist, steht auf der Seite der Website:
mail-offline-link = Was Besucher gefragt werden
mail-texts = Eigene Worte
mail-texts-help = In der Sprache dessen, der die Mail bekommt. Was leer ist, wird gesagt, wie das Feld es grau zeigt.
mail-test = Testmail
mail-test-help = Geht an Ihre eigene Adresse:
mail-test-send = Testmail senden
mail-test-not = Sie kann gesendet werden, sobald Mails hinausgehen und einen Absender haben.
mail-test-too-many = Das waren genug Tests für eine Stunde. Versuchen Sie es später wieder.
mail-test-pending = Unterwegs an { $address }
mail-test-again = Der Server hat die Mail an { $address } noch nicht genommen; es wird wieder versucht.
mail-test-sent = Der Server hat die Mail an { $address } genommen.
mail-test-failed = Die Mail an { $address } ging nicht hinaus.
mail-test-bounced = Die Mail an { $address } kam zurück.
mail-bad-address = Das ist keine Mailadresse. Nichts wurde geändert.
mail-bad-tag = Die Adresse einer Website hat kein Pluszeichen: Was dahinter steht, sagt Deskbell, wessen Antwort es ist. Nichts wurde geändert.
mail-address-taken = Eine andere Website hat diese Adresse. Nichts wurde geändert.
mail-bad-name = Ein Name hat höchstens 80 Zeichen in einer Zeile. Nichts wurde geändert.
mail-bad-signature = Die Signatur hat höchstens { $n } Zeichen. Nichts wurde geändert.
mail-bad-away = Wählen Sie, wann es hinausgeht. Nichts wurde geändert.
mail-bad-text = { $text } hat höchstens { $most } Zeichen, und ein Betreff hat keinen Zeilenumbruch. Nichts wurde geändert.
texts-mail-subject = Betreff einer Mail mit Ungelesenem
texts-mail-intro = Ihre erste Zeile
texts-mail-proof-intro = Erste Zeile der Mail, die fragt, ob die Adresse die richtige ist
mail-preview = Wie sie aussieht
mail-preview-unread = Was nicht gelesen wurde
mail-preview-proof = Ist das Ihre Adresse?
mail-preview-help = Mit den gespeicherten Worten; was Sie hier ändern, ist nach dem Speichern zu sehen.
mail-sample-agent = Lena
mail-sample-question = Ist mein Fahrrad fertig?
mail-sample-answer = Ja, es ist fertig. Sie können heute bis 18 Uhr kommen.

# Was per Mail kam oder ging, im Verlauf eines Chats, und wie ein Agent eine schreibt.
mail-by = per Mail
mail-by-from = per Mail von { $address }
mail-cc = Kopie an
mail-files = Dateien in der Mail
mail-original = Die Mail zeigen, wie sie kam
mail-original-more = Die ganze Mail zeigen
mail-stranger = Ein Fremder schrieb per Mail: { $address }. Der Besucher sieht das nicht, und es wird nicht darauf geantwortet.
mail-automatic = Eine automatische Antwort per Mail von { $address }
compose-mail-to = Geht per Mail an { $address }.
compose-mail-nobody = Es geht per Mail hinaus, aber niemand kennt eine Adresse dieses Besuchers.
compose-subject = Betreff
compose-cc-help = Niemand; Adressen mit Kommas dazwischen

# Hinweise und der Überblick eines Tages, per Mail an Agenten.
mail-day-subject = Ihr Desk gestern
mail-day-new = { $n ->
    [one] Ein neues Gespräch.
   *[other] { $n } neue Gespräche.
}
mail-day-answered = { $n ->
    [one] Eines bekam seine erste Antwort.
   *[other] { $n } bekamen ihre erste Antwort.
}
mail-day-waiting = { $n ->
    [0] Jetzt wartet niemand.
    [one] Jetzt wartet ein Besucher.
   *[other] Jetzt warten { $n } Besucher.
}
mail-day-oldest = Der erste von ihnen seit { $since }.

forgotten = Passwort vergessen?
forgotten-title = Ein neues Passwort wählen
forgotten-help = Geben Sie die Mailadresse an, mit der Sie sich anmelden. Dorthin kommt ein Link, der eine Stunde gilt.
forgotten-send = Link senden
forgotten-asked = Wenn sich hier jemand mit { $address } anmeldet, ist ein Link dorthin unterwegs.
forgotten-asked-help = Er gilt einmal, eine Stunde lang. Ihr Passwort bleibt, bis Sie ein anderes wählen; ein zweiter Faktor bleibt auch.
account-mails = Mails an Sie
account-mails-help = Sie kommen, während Sie fort sind, und nie mehr als 6 in einer Stunde.
account-mail-waiting = Ein Besucher wartet 5 Minuten, und niemand aus der Warteschlange ist online
account-mail-mention = Eine Notiz nennt Sie, während Sie fort sind
account-mail-assigned = Sie bekommen einen Chat, während Sie fort sind
account-mail-digest = Die Zahlen des Vortags, jeden Morgen um 8
account-mails-none = Noch geht keine Mail hinaus: Deskbell wurde ohne --smtp gestartet.
agents-mail-link = Link per Mail senden
agents-link-mailed = Der Link ist unterwegs an { $email }
agents-link-mailed-help = Er gilt 7 Tage, und für jeden, der dieses Postfach liest.
audit-mails-changed = { $name } hat gewählt, welche Mails kommen.
audit-link-mailed = { $by } hat { $name } einen Link gemailt.

# A mail that begins a conversation.
new-mail = Neue Mail
new-mail-help = Die Antwort kommt hier an, in einem Gespräch von dir.
new-mail-leave = Zurück; was geschrieben ist, bleibt
new-mail-from = Von
new-mail-to = An
new-mail-text = Text der Mail
new-mail-write = Mail schreiben
new-mail-copies-help = { $n ->
    [one] Niemand; eine Adresse
   *[other] Niemand; bis zu { $n } Adressen mit Kommas dazwischen
}
new-mail-kept = Bleibt in diesem Browser, bis sie gesendet ist.
new-mail-none = Noch kann keine Mail hinausgehen
new-mail-none-help = Eine Website braucht eine Adresse, von der aus sie schreibt, und Deskbell einen Server, der die Mails annimmt.
new-mail-set-up = Mail einrichten
new-mail-unproved = { $visitor } hat diese Adresse in einem Chat genannt und nicht bestätigt. Schreibe hier nichts, was nur für diese Person bestimmt ist.
new-mail-bad-to = Schreibe eine Mailadresse hinter „An“, etwa name@example.com.
new-mail-own = Das ist eine eurer eigenen Adressen: Eine Mail dorthin käme als Frage zurück.
new-mail-bad-subject = Ein Betreff hat höchstens { $n } Zeichen in einer Zeile.
new-mail-no-subject = Gib der Mail einen Betreff.
new-mail-bad-copies = Höchstens { $n } Adressen bekommen eine Kopie.
new-mail-bad-copy = „{ $address }“ ist keine Mailadresse. Setze Kommas zwischen mehrere.
new-mail-bounced = An diese Adresse wird nichts gesendet: Eine frühere Mail kam zurück. { $why }
new-mail-blocked = Wer diese Adresse hat, ist gesperrt. Hebe zuerst die Sperre auf.
new-mail-open = Mit dieser Adresse läuft schon ein Gespräch. Schreibe dort, damit die Antworten beisammenbleiben.
new-mail-open-go = Gespräch öffnen
new-mail-open-other = Kolleginnen oder Kollegen einer anderen Warteschlange sind mit dieser Adresse im Gespräch. Was du geschrieben hast, bleibt erhalten.
new-mail-too-many = { $n ->
    [one] Das waren viele neue Mails in einer Stunde. Die nächste kann in einer Minute hinausgehen.
   *[other] Das waren viele neue Mails in einer Stunde. Die nächste kann in { $n } Minuten hinausgehen.
}
new-mail-sent-before = Aus diesem Formular wurde schon eine andere Mail gesendet. Sende noch einmal, wenn auch diese hinausgehen soll.
new-mail-bad-site = Wähle die Website, von der die Mail kommt.
compose-mail-bounced = Mail an { $address } kam zurück, und dorthin wird nichts gesendet: { $why }

# What becomes of an answer while the visitor is away.
away-chat = { $visitor } ist gegangen und sieht deine Antwort bei der Rückkehr.
away-later = { $visitor } ist gegangen. Deine Antwort geht { $when } an { $address }, wenn sie nicht vorher hier gelesen wird.
away-unproved = { $visitor } ist gegangen. Eine Mail fragt, ob { $address } die richtige Adresse ist; nach der Bestätigung folgt deine Antwort.
away-bounced = { $visitor } ist gegangen, und Mail an { $address } kam zurück. Deine Antwort wartet hier bis zur Rückkehr.
away-unwanted = { $visitor } ist gegangen und will keine Mails. Deine Antwort wartet hier bis zur Rückkehr.
away-nowhere = { $visitor } ist gegangen und hat keine Adresse genannt. Deine Antwort wartet hier bis zur Rückkehr.
