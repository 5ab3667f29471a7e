"""Stories an administrator can read and write: a cluster, what is done to it, and the transcript of what changed."""
