# A received mail as it came.
mail-original = Die Mail, wie sie kam
mail-source = Quelltext speichern
mail-files = Dateien
mail-files-help = Niemand hat diese Dateien geprüft. Sie werden gespeichert, nie hier geöffnet.
mail-pictures-help = Bilder von anderswo werden nicht gezeigt: Der Absender erführe, dass Sie dies lesen.
mail-pictures = Bilder zeigen
