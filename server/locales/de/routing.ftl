# Hours, and a conversation in which nobody writes.
event-nudged = Der Besucher wurde gefragt, ob er noch da ist.
event-warned = Dem Besucher wurde gesagt, dass dieser Chat bald endet.
event-timed-out = Der Chat wurde beendet: Der Besucher hat eine Weile nichts geschrieben.
hours-shut = Geschlossen
hours-opens = Geschlossen, öffnet
hours-closes = Geöffnet bis
