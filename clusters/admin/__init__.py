"""Django's admin: every table to look into, configuration and rights to edit, and acts on many objects with a preview.

What was observed is read-only here, as is every record: the cluster is the truth, and history is not edited.
"""

from clusters.admin import access, credentials, names, observed, people, records

# Importing them registers pages and names.
__all__ = ("access", "credentials", "names", "observed", "people", "records")
