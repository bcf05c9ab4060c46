# Das Identitätsgeheimnis einer Website.
identity = Besucher, die deine Website kennt
identity-help = Wer auf deiner Website angemeldet ist, kann auch hier bekannt sein: Agenten sehen einen geprüften Namen, und der Chat ist auf jedem Gerät derselbe. Dein Server unterschreibt mit diesem Geheimnis ein kurzlebiges Token, und die Seite gibt es dem Widget.
identity-secret = Identitätsgeheimnis
identity-none = Es gibt noch keines, also wird keinem Token geglaubt.
identity-one = Eines gilt. Mach zum Wechseln ein neues: Das bisherige gilt weiter, bis du es beendest.
identity-both = Zwei gelten. Wenn dein Server mit dem neueren unterschreibt, beende das ältere.
identity-make = Geheimnis erstellen
identity-rotate = Ein neues erstellen
identity-end = Das ältere beenden
identity-made = Das neue Geheimnis
identity-made-help = Es wird nur dieses eine Mal gezeigt. Bewahre es auf deinem Server auf wie ein Passwort; in eine Seite gehört es nie.
identity-two = Es gelten schon zwei Geheimnisse. Beende zuerst das ältere; es wurde nichts geändert.
identity-no-older = Es gibt kein älteres Geheimnis. Es wurde nichts geändert.
identity-code = Was dein Server tut
identity-code-help = Er macht für jede Seite einer angemeldeten Person ein Token, das fünf Minuten lebt.
identity-page = Was die Seite tut
sites-topics = Schlangen, die das Thema anbietet; ohne Haken alle
