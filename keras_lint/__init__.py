"""keras-lint: a linter that understands the Keras model, not just the text."""

from keras_lint._version import __version__

__all__ = ["__version__"]
