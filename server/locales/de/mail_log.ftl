# Was per Mail kam oder ging, im Verlauf eines Chats, und wie ein Agent eine schreibt.
mail-by = per Mail
mail-by-from = per Mail von { $address }
mail-cc = Kopie an
mail-files = Dateien in der Mail
mail-original = Die Mail zeigen, wie sie kam
mail-original-more = Die ganze Mail zeigen
mail-stranger = Ein Fremder schrieb per Mail: { $address }. Der Besucher sieht das nicht, und es wird nicht darauf geantwortet.
mail-automatic = Eine automatische Antwort per Mail von { $address }
event-mail-sent = Per Mail an { $to } gesendet.
event-mail-proof-sent = { $to } wurde per Mail gefragt, ob die Adresse die richtige ist.
event-mail-proved = Die Adresse { $to } ist bestätigt.
event-mail-transcript-sent = Der Chat wurde an { $to } gesendet.
event-mail-bounced = Die Mail an { $to } kam zurück. Dorthin geht nichts mehr.
event-mail-bounced-why = Die Mail an { $to } kam zurück: { $why }. Dorthin geht nichts mehr.
event-mail-failed = Die Mail an { $to } konnte nicht gesendet werden.
event-mail-failed-why = Die Mail an { $to } konnte nicht gesendet werden: { $why }.
