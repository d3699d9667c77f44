"""Words and sound: what callers are told, in their language, and the files that say it."""
