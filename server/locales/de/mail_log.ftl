# Was per Mail kam oder ging, im Verlauf eines Chats, und wie ein Agent eine schreibt.
mail-by = per Mail
mail-by-from = per Mail von { $address }
mail-cc = Kopie an
mail-files = Dateien in der Mail
mail-original = Die Mail zeigen, wie sie kam
mail-original-more = Die ganze Mail zeigen
mail-stranger = Ein Fremder schrieb per Mail: { $address }. Der Besucher sieht das nicht, und es wird nicht darauf geantwortet.
mail-automatic = Eine automatische Antwort per Mail von { $address }
