"""The rules: one module each, named after its code; discovered, never registered by hand."""
