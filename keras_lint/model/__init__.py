"""The vocabulary: dimensions, shapes, spans, outcomes, findings. Imports nothing of ours."""
