"""The rows of the registry, one module per kind of object."""
