"""Model builders of public packages: the graph inferred from source against the graph built."""
