"""One file of source: text, syntax tree, spans. No Keras knowledge here."""
