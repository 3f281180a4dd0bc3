"""The verification child: builds replayed models in TensorFlow, confined.

This package runs under any Python that has Keras, which may lack keras-lint: it imports the
standard library and Keras alone, and is started by its path (``python -I .../child/main.py``).
"""
