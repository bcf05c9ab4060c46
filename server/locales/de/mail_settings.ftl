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
mail-default-subject = { $site }: eine Antwort auf Ihre Frage
mail-default-intro = Sie haben eine Antwort von { $site }. Sie können auf diese Mail antworten oder im Chat weiterschreiben.
mail-default-proof-intro = Jemand hat im Chat von { $site } diese Adresse angegeben, um Antworten per Mail zu bekommen. Wenn Sie es waren, bestätigen Sie es einmal.
