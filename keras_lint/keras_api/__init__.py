"""What Keras is: names, signatures, and the meaning of every layer. Facts carry their source."""
