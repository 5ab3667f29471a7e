"""The hypervisor half's own test of a node: may the account look at the guests?"""

from clusters.backends.pacemaker.transport import Transport
from clusters.backends.pacemaker.troubles import ProgramFailed
from clusters.domain.messages import Message, say
from vms.backends.libvirt import VIRSH

CHECK = "check-libvirt"
DEADLINE_S = 8.0


async def libvirt_answers(transport: Transport) -> Message:
    """How many guests libvirt has there, whoever may run them. Raises TransportError."""
    argv = (*VIRSH, "list", "--all", "--name")
    finished = await transport.run(argv, DEADLINE_S)
    if finished.code:
        lines = [line for line in finished.err.splitlines() if line.strip()]
        reason = lines[-1][:300] if lines else ""
        raise ProgramFailed(transport.node, program="virsh", exit=f"rc {finished.code}", reason=reason)
    return say("check-guests", count=len(finished.out.split()))
