"""Keras itself as the oracle: drawn operations and whole random models held against it."""
