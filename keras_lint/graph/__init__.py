"""LayerGraph over networkx: build, serialise, compare, summarise, draw. Two producers, one type."""
