
# Formulare, die der Server Besuchern stellt. Kurz, mit Sie; ohne Vorwurf.
ask-consent = Wir speichern, was Sie schreiben, damit wir antworten können und Sie es hier wiederfinden. Einverstanden?
ask-agree = Ich bin einverstanden
ask-pre-chat = Bevor wir beginnen
ask-name = Ihr Name
ask-email = E-Mail-Adresse
ask-phone = Telefonnummer
ask-topic = Worum geht es?
ask-offline = Gerade ist niemand da. Wohin dürfen wir die Antwort schicken?
ask-rating = Wie war dieser Chat?
ask-score = Ihre Bewertung
ask-comment = Möchten Sie etwas hinzufügen?
