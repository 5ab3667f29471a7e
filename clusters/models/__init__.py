"""What is stored of clusters: configuration, the observed objects, requests and history.

One file per noun; Django finds the models here, and so does everybody else.
"""

from clusters.models.access import Grant
from clusters.models.choice import HiddenColumns
from clusters.models.cluster import Cluster
from clusters.models.credential import Credential
from clusters.models.history import Change, LogEntry, Transition
from clusters.models.information import ActiveFault, ClusterInfo
from clusters.models.inquiry import Inquiry
from clusters.models.ledger import Blob, Ledger, Source
from clusters.models.node import Interface, Network, Node
from clusters.models.observed import Observed
from clusters.models.operation import Claim, Operation
from clusters.models.reading import Gauge, Sample
from clusters.models.role import GroupSet, Resource, Role
from clusters.models.signin import RefusedSignIn, WrongTries
from clusters.models.storage import Disk, VolumeAccess, Witness

__all__ = (
    "ActiveFault",
    "Blob",
    "Change",
    "Claim",
    "Cluster",
    "ClusterInfo",
    "Credential",
    "Disk",
    "Gauge",
    "Grant",
    "GroupSet",
    "HiddenColumns",
    "Inquiry",
    "Interface",
    "Ledger",
    "LogEntry",
    "Network",
    "Node",
    "Observed",
    "Operation",
    "RefusedSignIn",
    "Resource",
    "Role",
    "Sample",
    "Source",
    "Transition",
    "VolumeAccess",
    "Witness",
    "WrongTries",
)
