"""A real Pacemaker cluster behind the Backend protocol: read by its own tools, run on its own nodes.

Pure halves (document, monitor, cib, picture, history, commands, moves) know no I/O and are tested with recordings;
transport runs programs, backend joins the two.
"""
