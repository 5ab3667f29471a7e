"""The composition root: settings, addresses, and the one table that names concrete backends."""
