"""A configuration with its status as a Pacemaker cluster of any size would hold it: what programs are measured with.

Each machine runs on the node whose turn it is. Every node was asked about every machine once, as Pacemaker does before
it starts anything: these probes are what makes a large cluster's status large.
"""

from collections.abc import Iterator

MACHINE = "ocf:heartbeat:VirtualDomain"
BEGAN = 1_795_000_000  # seconds since 1970, of every operation
DIGEST = "f2317cad3d54cec5d7d7aa7d0bf35cf8"
NOT_RUNNING = 7


def cib(nodes: int, machines: int, probes: bool = True) -> str:
    """The document; `probes` leaves out those that found nothing, as if they had been cleaned up."""
    return "".join(_document(nodes, machines, probes))


def _document(nodes: int, machines: int, probes: bool) -> Iterator[str]:
    yield (
        '<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="12" num_updates="4" admin_epoch="0" '
        'have-quorum="1" dc-uuid="1"><configuration><crm_config><cluster_property_set id="options">'
        '<nvpair id="options-fencing" name="stonith-enabled" value="true"/>'
        '<nvpair id="options-name" name="cluster-name" value="large"/>'
        '<nvpair id="options-version" name="dc-version" value="2.1.5"/>'
        '<nvpair id="options-stack" name="cluster-infrastructure" value="corosync"/>'
        "</cluster_property_set></crm_config>"
    )
    yield f"<nodes>{''.join(_node(number) for number in range(1, nodes + 1))}</nodes><resources>"
    yield '<primitive id="fencing" class="stonith" type="fence_ipmilan"/>'
    yield from (_machine(number) for number in range(machines))
    yield "</resources><constraints/></configuration><status>"
    for node in range(1, nodes + 1):
        yield from _status(node, nodes, machines, probes)
    yield "</status></cib>"


def _node(number: int) -> str:
    return f'<node id="{number}" uname="node{number}"/>'


def _machine(number: int) -> str:
    name = f"vm{number}"
    return (
        f'<primitive id="{name}" class="ocf" provider="heartbeat" type="VirtualDomain">'
        f'<instance_attributes id="{name}-params">'
        f'<nvpair id="{name}-config" name="config" value="/srv/{name}/{name}.xml"/></instance_attributes>'
        f'<meta_attributes id="{name}-meta"><nvpair id="{name}-live" name="allow-migrate" value="true"/>'
        f'</meta_attributes><operations><op id="{name}-watch" name="monitor" interval="10s" timeout="30s"/>'
        f'<op id="{name}-leave" name="migrate_to" interval="0" timeout="180s" on-fail="block"/></operations>'
        "</primitive>"
    )


def _status(node: int, nodes: int, machines: int, probes: bool) -> Iterator[str]:
    yield (
        f'<node_state id="{node}" uname="node{node}" in_ccm="true" crmd="online" crm-debug-origin="post_cache_update" '
        f'join="member" expected="member"><lrm id="{node}"><lrm_resources>'
    )
    for number in range(machines):
        here = number % nodes + 1 == node
        if here or probes:
            yield _history(f"vm{number}", node, here)
    if node == 1:
        yield _resource("fencing", 'class="stonith" type="fence_ipmilan"', _done("fencing", "start", node, 0))
    yield "</lrm_resources></lrm></node_state>"


def _history(name: str, node: int, here: bool) -> str:
    done = _done(name, "start", node, 0) + _watched(name, node) if here else _done(name, "monitor", node, NOT_RUNNING)
    return _resource(name, 'class="ocf" provider="heartbeat" type="VirtualDomain"', done)


def _resource(name: str, agent: str, done: str) -> str:
    return f'<lrm_resource id="{name}" {agent}>{done}</lrm_resource>'


def _done(name: str, task: str, node: int, code: int) -> str:
    return _operation(name, f"{name}_last_0", task, node, code, 0)


def _watched(name: str, node: int) -> str:
    return _operation(name, f"{name}_monitor_10000", "monitor", node, 0, 10000)


def _operation(name: str, identity: str, task: str, node: int, code: int, interval: int) -> str:
    key = f"{name}_{task}_{interval}"
    return (
        f'<lrm_rsc_op id="{identity}" operation_key="{key}" operation="{task}" crm-debug-origin="build_active_RAs" '
        f'crm_feature_set="3.16.1" transition-key="4:1:{code}:{DIGEST}" '
        f'transition-magic="0:{code};4:1:{code}:{DIGEST}" '
        f'exit-reason="" on_node="node{node}" call-id="{node}" rc-code="{code}" op-status="0" interval="{interval}" '
        f'last-rc-change="{BEGAN}" exec-time="20" queue-time="0" op-digest="{DIGEST}"/>'
    )
