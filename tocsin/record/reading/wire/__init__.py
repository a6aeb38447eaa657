"""English wire reports: a grammar over sentences, and one module for each kind of fact."""
