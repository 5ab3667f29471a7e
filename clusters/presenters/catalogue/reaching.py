"""How clusters are reached: keys, host keys, the jump host, and what the tests of a connection found."""

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy

from clusters.presenters.sentences import add

OPTIONS = {
    "options-make-no-cluster": lazy(
        "What is stored of this cluster describes no cluster of the backend %(backend)s: %(trouble)s. "
        "A superuser can mend its options in the administration."
    ),
}

CREDENTIALS = {
    "credential-key-lost": lazy(
        "The stored SSH key cannot be read: it is encrypted with the key %(key)s, which this console does not have. "
        "Bring back the file credential-keys, or set a new SSH key on the page Connection."
    ),
    "credential-damaged": lazy(
        "The stored SSH key cannot be read: it was changed, or belongs to another cluster. "
        "Set a new SSH key on the page Connection."
    ),
    "credential-missing": lazy("No SSH key is stored under the name %(name)s. Set one on the page Connection."),
    "credential-keys-unreadable": lazy(
        "The keys that credentials are encrypted with cannot be used: %(place)s. "
        "Each must be 32 bytes in base64, and the console must be able to read and write the file."
    ),
}

KEYS = {
    "key-unreadable": lazy("That is no private key. Paste all of it, from BEGIN to END, as ssh-keygen wrote it."),
    "key-passphrase-needed": lazy("This key has a passphrase. Give it too; it is used once and not kept."),
    "key-passphrase-unsupported": lazy(
        "This key has a passphrase of a kind that cannot be opened here. Take it off a copy of the key first, with "
        "ssh-keygen -p -f FILE, or give the console a key of its own."
    ),
    "key-passphrase-wrong": lazy("The passphrase does not open this key."),
}

DOORS = {
    "ssh-host-key-changed": lazy(
        "%(node)s shows another host key than the one that was confirmed. Confirmed: %(old)s. Shown now: %(new)s. "
        "Nothing was sent there. If the machine was installed anew, compare the new key at the machine itself and "
        "confirm it on the page Connection; otherwise somebody may stand in between."
    ),
    "ssh-host-key-unconfirmed": lazy(
        "Nobody has confirmed the host key of %(node)s yet. Compare and confirm it on the page Connection."
    ),
    "ssh-key-refused": lazy("%(node)s refused the login of %(user)s. Add the public key to its authorized_keys there."),
    "ssh-no-key": lazy("There is no key to log in to %(node)s with. Set one on the page Connection."),
    "ssh-agent": lazy(
        "The SSH agent does not answer or holds no key, so nobody can log in to %(node)s. "
        "Start the console with SSH_AUTH_SOCK set, and load a key with ssh-add."
    ),
}

FINDINGS = {
    "check-versions": lazy("%(pacemaker)s; libvirt %(libvirt)s"),
    "account-root": lazy("The console is root on %(node)s. It needs less to look: an account in the group haclient."),
    "account-in-haclient": lazy(
        "%(user)s belongs to haclient on %(node)s. Unless the cluster's access rules (ACLs) say otherwise it may act, "
        "and who may act is as good as root there."
    ),
    "account-plain": lazy("%(user)s is an ordinary account on %(node)s, not in the group haclient."),
    "check-name-untold": lazy("%(node)s does not say what it is called in the cluster. Compare the name by hand."),
    "check-name-differs": lazy("The machine calls itself %(own)s, not %(node)s. Use the names of the cluster."),
    "check-not-members": lazy("This cluster has no %(nodes)s. Use the names of the cluster, and nodes of one cluster."),
    "check-nodes-left-out": lazy("The cluster has further nodes: %(nodes)s. Add them, so that any of them can answer."),
    "check-no-quorum": lazy("%(node)s belongs to a part without quorum: what it says is not believed."),
    "check-guests": ngettext_lazy("%(count)s guest is defined there", "%(count)s guests are defined there", "count"),
    "tests-too-slow": lazy("The machines did not answer within %(seconds)s. Look at the network, and test again."),
    "no-way-needed": lazy("A simulated cluster needs no connection."),
    "cluster-read-only": lazy(
        "The console only looks at this cluster. "
        "Whoever administers the console can let it act, on the page Connection."
    ),
}

add({**OPTIONS, **CREDENTIALS, **KEYS, **DOORS, **FINDINGS})
