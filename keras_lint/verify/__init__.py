"""Verification: the flagged model is cut out of its program and built in a confined child."""

from __future__ import annotations

from keras_lint.verify.verdicts import TIME_LIMIT, Verifier

__all__ = ["TIME_LIMIT", "Verifier"]
