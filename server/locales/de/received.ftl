# A received mail as it came.
received-original = Die Mail, wie sie kam
received-source = Quelltext speichern
received-files = Dateien
received-files-help = Niemand hat diese Dateien geprüft. Sie werden gespeichert, nie hier geöffnet.
received-pictures-help = Bilder von anderswo werden nicht gezeigt: Der Absender erführe, dass Sie dies lesen.
received-pictures = Bilder zeigen
