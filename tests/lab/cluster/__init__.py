"""A real Pacemaker cluster on one machine: three hosts made of Linux namespaces, each with its own init, disk, network
cards, sshd, libvirtd, corosync and pacemaker; real fencing; guests that are real virtual machines (docs/lab.md).

Only the standard library is needed, and root. Nothing is mounted, bridged or installed in the machine's own namespaces
but one network card, `console-lab`, through which the hosts are reached; it goes with them.
"""
