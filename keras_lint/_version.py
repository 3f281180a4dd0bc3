"""The version of keras-lint; the one place that states it."""

__version__ = "0.1.0"
