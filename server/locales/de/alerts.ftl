# Sounds, notifications, the palette, shortcuts.
