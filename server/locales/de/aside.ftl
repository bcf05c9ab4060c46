# Mails, die beiseitegelegt sind: in keinem Chat, mit dem Grund.
settings-mails = Beiseitegelegte Mails
aside-help = Mails, die ankamen und in keinem Chat stehen. Sehen Sie eine an, nehmen Sie sie auf, wenn sie zu jemandem gehört, oder löschen Sie sie.
aside-kept = { $days ->
    [one] Sie bleiben 1 Tag.
   *[other] Sie bleiben { $days } Tage.
}
aside-most = { $most ->
    [one] Nur die neueste bleibt.
   *[other] Höchstens die neuesten { $most } bleiben.
}
aside-none = Nichts ist beiseitegelegt.
aside-removed = Die Mail ist gelöscht.
aside-no-subject = Kein Betreff
aside-unknown = Kein lesbarer Absender
aside-nobody = Ihre Adresse gehört zu keiner Website hier.
aside-ours = Sie kommt von einer Ihrer Adressen und nennt sonst niemanden, dem zu antworten wäre.
aside-loop = Sie ging zwischen Programmen hin und her.
aside-blocked = Ihr Absender ist gesperrt.
aside-report = Ein Mailserver berichtet über eine Mail.
aside-reply = Ein Programm hat geantwortet, etwa eine Abwesenheitsnotiz.
aside-bulk = Sie ging an viele: eine Liste oder ein Rundbrief.
aside-too-big = Sie ist größer als 10 MiB und liegt noch im Postfach.
aside-no-mail = Es ist keine Mail.
aside-no-sender = Sie nennt keinen Absender.
aside-two-senders = Sie nennt mehr als einen Absender.
aside-broke = Sie ist so gebaut, dass sie sich nicht lesen lässt.
aside-take-in = Aufnehmen
aside-take-in-help = Sie wird ein Chat oder kommt in den, auf den sie antwortet. Dadurch wird niemandem etwas geschickt.
aside-site = Website
aside-site-own = Die, an die sie ging
aside-remove = Löschen
aside-mail = Die Mail
aside-cut = Nur die ersten 256 KiB davon sind aufgehoben.
aside-not-read = Ihr Absender lässt sich nicht lesen, also könnte niemandem geantwortet werden. Sie bleibt hier.
aside-not-ours = Sie kommt von einer Ihrer Adressen und nennt sonst niemanden; Sie würden sich selbst antworten. Sie bleibt hier.
aside-not-blocked = Ihr Absender ist gesperrt. Lassen Sie ihn erst wieder schreiben; bis dahin bleibt sie hier.
aside-not-site = Sagen Sie, für welche Website sie ist. Bis dahin bleibt sie hier.
audit-mail-taken-in = { $by } hat eine beiseitegelegte Mail aufgenommen.
audit-mail-removed = { $by } hat eine beiseitegelegte Mail gelöscht.
mail-by-form = In einem Formular der Website geschrieben: niemand hat geprüft, ob die Adresse stimmt.
mail-aside = { $n ->
    [one] Eine Mail ist beiseitegelegt.
   *[other] { $n } Mails sind beiseitegelegt.
}
mail-aside-link = Ansehen
