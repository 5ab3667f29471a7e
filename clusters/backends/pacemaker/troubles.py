"""The ways in which a node cannot be talked to, each a message code that tells an administrator what to do.

What to do, per code (the words are chosen at the edge):
ssh-wrong-host-key: compare the node's host key with known_hosts; ssh-refused: put the key into authorized_keys;
ssh-host-key-changed, ssh-host-key-unconfirmed: compare at the machine, then confirm the key on the page Connection;
ssh-key-refused, ssh-no-key, ssh-agent: install the public half, set a key, or start the agent and load one;
ssh-file: make the file readable for the console; program-missing, program-forbidden: install it, or grant its group;
acl-hides-configuration, acl-forbids-acts: give the account a role in Pacemaker's access rules;
timed-out, unreachable: look at the node and the network; output-too-large: not an answer of a cluster of any real size;
cluster-service-stopped: start Pacemaker on the node; program-failed, answer-unreadable: run the program there by hand.
"""

from collections.abc import Mapping
from typing import ClassVar

from clusters.domain.messages import Message, say


class TransportError(Exception):
    """A node did not do what it was asked; `message` says which node and why."""

    code: ClassVar[str] = "unreachable"

    def __init__(self, node: str, **params: object) -> None:
        self.message: Message = say(self.code, node=node, **params)
        super().__init__(str(self.message))


class WrongHostKey(TransportError):
    """The server's key is not the pinned one, or no key is pinned for it."""

    code = "ssh-wrong-host-key"


class HostKeyChanged(TransportError):
    """The machine shows another key than the one that was confirmed."""

    code = "ssh-host-key-changed"


class HostKeyNotConfirmed(TransportError):
    """Nobody has confirmed a key of this machine yet."""

    code = "ssh-host-key-unconfirmed"


class AuthenticationRefused(TransportError):
    code = "ssh-refused"


class KeyRefused(TransportError):
    """As AuthenticationRefused, of a key that is in no file of ours: a stored one, or those of the agent."""

    code = "ssh-key-refused"


class CredentialTrouble(TransportError):
    """There is no stored key, or it cannot be read; the message of the store says more."""

    code = "ssh-no-key"


class AgentTrouble(TransportError):
    code = "ssh-agent"


class FileTrouble(TransportError):
    """A key or known_hosts file is missing, unreadable, encrypted or no key at all."""

    code = "ssh-file"


class ProgramMissing(TransportError):
    code = "program-missing"


class ProgramForbidden(TransportError):
    """The account may not run the program, or may not ask the cluster."""

    code = "program-forbidden"


class ConfigurationHidden(TransportError):
    """The account may ask the cluster, but Pacemaker's access rules (ACLs) show it no configuration."""

    code = "acl-hides-configuration"


class ActsForbidden(TransportError):
    """The account may look, but Pacemaker's access rules let it change nothing."""

    code = "acl-forbids-acts"


class TimedOut(TransportError):
    code = "timed-out"


class NotReached(TransportError):
    code = "unreachable"


class TooMuchOutput(TransportError):
    code = "output-too-large"


class ServiceStopped(TransportError):
    """The node is there, but Pacemaker does not run on it."""

    code = "cluster-service-stopped"


class ProgramFailed(TransportError):
    code = "program-failed"


class AnswerUnreadable(TransportError):
    """The program said something that it never says, or was cut off."""

    code = "answer-unreadable"


def worst(troubles: Mapping[str, TransportError]) -> Message:
    """Why nobody answers: their common reason, or the first node's."""
    return troubles[min(troubles)].message if troubles else say("no-nodes-configured")
