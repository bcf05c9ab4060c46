# Eine Website geht live: das Tag, wo es gesehen wurde, der Testchat, die Liste.
install-change = Aussehen und Fragen ändern
install-more = WordPress, Shopify und andere
install-seen = Ist es da?
install-waiting = Warten auf Ihre Website…
install-waiting-help = Öffnen Sie eine Seite mit dem Tag; das wird hier von selbst bemerkt. Gesucht wird auf:
install-found = Gefunden auf
install-strangers = Das Tag steht auch unter Adressen, die nicht erlaubt sind; dort öffnet sich der Chat nicht. Wenn es Ihre sind, erlauben Sie sie.
install-allow = Erlauben
install-try = Ausprobieren
install-try-help = Ein Besucher, den es nicht gibt, fragt etwas. Der Chat ist als Test markiert und zählt nirgends.
install-test = Testchat an mich senden
install-demo = Im Probeladen chatten
install-preview = So sehen es Besucher
install-preview-help = Das ist das echte Widget. Was Sie darin sagen, wird als Test markiert.
install-steps = Ein Tresen, der läuft
install-done = Erledigt
install-open = Offen
install-step-tag = Das Tag ist auf Ihrer Website
install-step-chat = Ein Chat wurde beantwortet
install-step-team = Jemanden einladen
install-step-hours = Öffnungszeiten festlegen
recipe-html = In jede Seite einfügen, kurz vor dem Ende des Body.
recipe-wordpress = In die functions.php Ihres Child-Themes oder in ein Plugin für Code-Schnipsel einfügen. Es kommt in den Fuß jeder Seite.
recipe-shopify = Onlineshop, Themes, Code bearbeiten: layout/theme.liquid öffnen und kurz vor dem Ende des Body einfügen.
recipe-tag-manager = Neues Tag, Benutzerdefiniertes HTML; Trigger: Alle Seiten. Der Schlüssel steht in der Adresse, weil Tag-Manager Attribute weglassen.
recipe-wix = Einstellungen, Benutzerdefinierter Code, Hinzufügen: alle Seiten, am Ende des Body.
recipe-next = In das Root-Layout setzen, damit es beim Wechsel der Seiten bleibt.
test-chat-name = Testbesucher
test-chat-text = Hallo! Das ist ein Testchat. Können Sie mich lesen?
chip-test = Test

texts-title = Eigene Worte, nach Sprache
texts-help = Was leer bleibt, sagen wir in unseren Worten, die dort grau stehen. Erste Worte, Einwilligung und Datenschutz von oben gelten für jede Sprache, die hier keine hat.
texts-own = { $n ->
    [one] { $n } eigener Text
   *[other] { $n } eigene Texte
}
texts-hello = Begrüßung
texts-hello-offline = Begrüßung, solange niemand da ist
texts-write = Im leeren Feld
texts-online = Unter dem Namen, solange jemand da ist
texts-offline = Unter dem Namen, solange niemand da ist
texts-consent = Wozu sie einwilligen
texts-privacy = Was wie lange aufbewahrt wird
texts-bad = „{ $what }“ ({ $lang }) hat höchstens { $n } Zeichen. Es wurde nichts gespeichert; was Sie schrieben, steht noch da.
texts-shown-in = Die Vorschau spricht
texts-shown-default = die Sprache der Website

keep-title = Wie lange Chats aufbewahrt werden
keep-days = Geschlossene Chats löschen nach (Tagen)
keep-help = Gezählt vom Ende, oder vom Letzten, was darin geschah. Leer oder 0: sie bleiben. Höchstens { $n }. Sie werden binnen einer Stunde mit allen Nachrichten und Notizen endgültig gelöscht; offene Chats nie.
keep-bad = Tage sind eine ganze Zahl bis { $n }; leer bewahrt Chats für immer auf.
keep-deletes = { $n ->
    [one] Noch wurde nichts gespeichert: { $n } geschlossener Chat ist älter und würde endgültig gelöscht. Bestätigen Sie es unten und speichern Sie noch einmal.
   *[other] Noch wurde nichts gespeichert: { $n } geschlossene Chats sind älter und würden endgültig gelöscht. Bestätigen Sie es unten und speichern Sie noch einmal.
}
keep-sure = { $n ->
    [one] { $n } Chat endgültig löschen
   *[other] { $n } Chats endgültig löschen
}
