# Warum ein anderer Server nicht gefragt werden konnte. Ohne Punkt: Es steht in einem Satz oder allein.
outgoing-bad-url = die Adresse ist nicht brauchbar. Schreiben Sie eine wie https://bot.example.com/, ohne Benutzer oder Kennwort darin
outgoing-refused = { $host } führt zu { $address }, in Ihre eigenen Netze; es wurde nichts gesendet. Wer den Server betreibt, kann es mit --outgoing-allow erlauben
outgoing-dns = der Name { $host } wurde nicht gefunden ({ $why })
outgoing-connect = niemand nimmt die Verbindung an ({ $why })
outgoing-tls = es gibt keine sichere Verbindung ({ $why })
outgoing-timed-out = keine Antwort innerhalb von { $seconds } s
outgoing-too-big = die Antwort ist größer als { $bytes } Bytes
outgoing-redirect = es leitet um ({ $status }) zu { $to }; dem wird nicht gefolgt: Schreiben Sie die endgültige Adresse
outgoing-compressed = die Antwort ist komprimiert ({ $encoding }); sie muss unkomprimiert kommen
outgoing-cut-off = die Verbindung brach ab ({ $why })
outgoing-unable = dieser Server kann niemanden fragen ({ $why })
outgoing-status = die Antwort war { $status }
