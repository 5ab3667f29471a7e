"""Acts as lines: one model, drawn as the actions pane and as the context menu, and the dialog an act asks with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from clusters import connections, models
from clusters.domain import actions
from clusters.domain.action import Action, Answer, Can, Question, Risk, Tier
from clusters.domain.actions import Entry
from clusters.domain.items import Disk, Role
from clusters.domain.keys import Key
from clusters.domain.state import State
from clusters.presenters import actwords, counts, words
from clusters.presenters.current import KNOWN, choice_text, current
from clusters.presenters.rows import names_of
from clusters.presenters.sentences import sentence
from clusters.presenters.summary import state_of
from clusters.presenters.targets import Option, node_options

BEST = "-best"
"""Ends the name of an act that leaves the choice of a node to the cluster; without it, that of its pair."""
FORETOLD_MOST = 5
"""Objects of one act that the cluster's planner is asked about."""


@dataclass(frozen=True, slots=True)
class Act:
    """One line. `reason` says why it is refused; then it has no address to go to."""

    name: str
    dom_id: str
    label: str
    icon: str
    href: str
    post: bool
    reason: str
    hint: str
    letter: str
    danger: bool
    opens: str = ""  # where the menu of its nodes is; then the act itself is asked about from there
    why: str = ""  # id of the element that holds the reason, of an act before it where that has the same one
    told: bool = True  # the reason stands under this very act


@dataclass(frozen=True, slots=True)
class ActBlock:
    """Lines that belong together; `more` are those shown only when asked for."""

    acts: tuple[Act, ...]
    more: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Acts:
    """What `clusters/_actions.html` and `clusters/menu.html` draw."""

    title: str
    state: str
    blocks: tuple[ActBlock, ...]
    more: tuple[Act, ...]
    notice: str = ""


def can_of(cluster: models.Cluster) -> Can:
    """What this cluster's backend can do, where its controller runs in this process."""
    backend = connections.running(cluster.pk)
    return backend.can if backend else actions.can_all


def present_acts(
    cluster: models.Cluster,
    keys: Sequence[Key],
    tier: Tier,
    title: str,
    state_word: str = "",
    pane: bool = True,
    every: str = "",
) -> Acts:
    """Everything that may be done with the objects, in FCM's order. The pane leaves out what only the menu offers.

    `every` is the filter that stands for the objects where all that match it are meant.
    """
    state = state_of(cluster)
    known = actions.menu(state, keys, tier, can_of(cluster)) if keys else ()
    entries = [
        entry for entry in known if not (entry.action.name.endswith(BEST) and (pane or opens_nodes(entry.action, keys)))
    ]
    names = names_of(state)
    shown = _once([(entry, act_of(entry, keys, cluster.slug, names, every, not pane)) for entry in entries])
    plain = [(entry, act) for entry, act in shown if "more" not in entry.action.submenu]
    groups = sorted({entry.action.group for entry, _act in plain})
    blocks = tuple(ActBlock(tuple(act for entry, act in plain if entry.action.group == group)) for group in groups)
    more = tuple(act for entry, act in shown if "more" in entry.action.submenu)
    notice = sentence(shown[0][0].refusal) if tier < Tier.OPERATOR and shown else ""
    return Acts(title, state_word, blocks, more, notice)


def _once(shown: list[tuple[Entry, Act]]) -> list[tuple[Entry, Act]]:
    """A reason that several acts in a row share is said once, under the first of them."""
    said: tuple[str, str] = ("", "")
    found = []
    for entry, act in shown:
        same = bool(act.reason) and act.reason == said[0]
        if act.reason and not same:
            said = (act.reason, act.dom_id)
        found.append(
            (entry, replace(act, why=said[1] if act.reason else "", hint="" if same else act.hint, told=not same))
        )
    return found


def act_of(
    entry: Entry, keys: Sequence[Key], slug: str, names: dict[str, str], every: str = "", submenus: bool = False
) -> Act:
    """One act on these objects as a line; with `submenus` its nodes stand in a menu of their own where it has any."""
    action = entry.action
    reason = sentence(entry.refusal, names)
    some = (
        _("%(some)s of %(all)s") % {"some": len(entry.accepts), "all": len(keys)}
        if 0 < len(entry.accepts) < len(keys)
        else ""
    )
    asks = action.risk > Risk.HARMLESS or bool(action.questions)
    opens = submenus and not reason and opens_nodes(action, keys)
    return Act(
        name=action.name,
        dom_id=f"act-{action.name}",
        label=label(action) + ("…" if asks and not opens else ""),
        icon=action.icon,
        href="" if reason else address(action, slug, keys, every),
        post=not asks,
        reason=reason,
        hint=some,
        letter=action.letter.upper() if action.letter == "m" else "",
        danger=action.risk is Risk.DESTROYS,
        opens=address(action, slug, keys, page="targets") if opens else "",
    )


def label(action: Action) -> str:
    """The act's words; an act without words is shown by its name rather than not at all."""
    return words.word(actwords.LABELS, action.name)


def verb(action: Action, what: str) -> str:
    """Verb and object, as a title and a last button say it."""
    if action.name in actwords.VERBS:
        return str(actwords.VERBS[action.name]) % {"what": what}
    return f"{label(action)}: {what}"


def opens_nodes(action: Action, keys: Sequence[Key]) -> bool:
    """Whether the act is about one role and asks for nothing but a node: then its nodes can stand in a submenu. The
    act that leaves the choice to the cluster stands there too."""
    name = action.name.removesuffix(BEST)
    asked = [(question.answer, question.optional) for question in actions.ACTIONS[name].questions]
    return asked == [(Answer.NODE, False)] and len(keys) == 1 and keys[0].kind in ("role", "vm")


def address(action: Action, slug: str, keys: Sequence[Key], every: str = "", page: str = "") -> str:
    """Where the act is asked about and posted to: with the objects, or with the filter that stands for them."""
    said = urlencode([("kind", keys[0].kind), *(("key", key.id) for key in keys)])
    name = page or ("plan" if action.name == "pause-drain" and len(keys) == 1 else "do")
    return f"{reverse(name, args=[slug, action.name])}?{every or said}"


# The dialog


@dataclass(frozen=True, slots=True)
class Ask:
    """A question of the dialog; `widget` names how it is drawn."""

    name: str
    label: str
    widget: str
    value: str = ""
    options: tuple[Option, ...] = ()
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """An object of the act; refused ones with their reason."""

    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dialog:
    """What `clusters/_dialog.html` draws."""

    title: str
    subtitle: str
    icon: str
    post: str
    keys: tuple[str, ...]  # posted with the answers: what is done is what was shown
    token: str
    effects: tuple[str, ...]
    objects: tuple[Named, ...]
    asks: tuple[Ask, ...]
    risk: int
    typed: str
    button: str
    error: str = ""
    accepted: int = 1
    foresee: str = ""  # where the cluster's planner is asked what would happen; empty: not for this act
    unforetold: str = ""  # why it is not asked, of an act that would be for fewer objects
    reason: str = ""  # as it was typed, when the dialog is shown again
    name: str = ""  # likewise, of what must be typed
    password: bool = False  # asked for, because the last proof of who is there is too old
    failing: tuple[str, ...] = ()  # of the effects those that it has only where it fails


def dialog(
    cluster: models.Cluster, action: Action, keys: Sequence[Key], tier: Tier, token: str, error: str = ""
) -> Dialog:
    """The question before an act: object, cluster, effect, what may be lost."""
    state = state_of(cluster)
    entry = actions.judge(action, state, keys, tier, can_of(cluster))
    names = names_of(state)
    titles = {key: _name(state, key) for key in keys}
    what = titles[keys[0]] if len(keys) == 1 else counts.told("objects", len(entry.accepts))
    button = verb(action, what)
    about = entry.accepts or keys
    return Dialog(
        title=button,
        subtitle=cluster.name,
        icon=action.icon,
        post=reverse("do", args=[cluster.slug, action.name]) + "?" + urlencode({"kind": keys[0].kind}),
        keys=tuple(key.id for key in keys),
        token=token,
        effects=tuple(sentence(told, names) for told in actions.consequences(action, state, about)),
        failing=tuple(sentence(told, names) for told in actions.where_it_fails(action, state, about)),
        objects=tuple(Named(titles[key], _reason(entry, key, names)) for key in keys) if len(keys) > 1 else (),
        asks=tuple(ask(question, action, state, keys, names, cluster.time_zone) for question in action.questions),
        risk=int(action.risk),
        typed=typed_name(action, cluster, state, keys),
        button=button,
        error=error or (sentence(entry.refusal, names) if not entry.accepts else ""),
        accepted=len(entry.accepts),
        foresee=foresee(action, cluster.slug, keys) if entry.accepts else "",
        unforetold=_("The cluster's planner is asked for at most %(count)s objects at a time.")
        % {"count": FORETOLD_MOST}
        if action.is_foretold and len(keys) > FORETOLD_MOST
        else "",
    )


def foresee(action: Action, slug: str, keys: Sequence[Key]) -> str:
    """Where the planner is asked about the act; empty for what is reversible, and for more than a handful."""
    if not action.is_foretold or len(keys) > FORETOLD_MOST:
        return ""
    said = urlencode([("kind", keys[0].kind), *(("key", key.id) for key in keys)])
    return f"{reverse('forecast', args=[slug, action.name])}?{said}"


def typed_name(action: Action, cluster: models.Cluster, state: State, keys: Sequence[Key]) -> str:
    """What must be typed before what destroys: the object with its cluster, of several their number."""
    if not action.wants_name:
        return ""
    if keys[0].kind == "cluster":
        return cluster.name
    return _name(state, keys[0]) if len(keys) == 1 else str(len(keys))


def _reason(entry: Entry, key: Key, names: dict[str, str]) -> str:
    return next((sentence(reason, names) for refused, reason in entry.refuses if refused == key), "")


def _name(state: State, key: Key) -> str:
    item = state.get(key)
    return item.name if item else key.id


def ask(
    question: Question, action: Action, state: State, keys: Sequence[Key], names: dict[str, str], zone: str = ""
) -> Ask:
    """The question with its choices and what is set now. `zone` is the one that hours are meant in."""
    now = current(question, action, state, keys)
    shown = words.word(actwords.QUESTIONS, question.name)
    value = actwords.DEFAULTS.get(question.name, "") if now is None else str(now)
    # A browser sends no form while a field that must be filled in is empty, and here empty is an answer.
    empty = question.accepts("")
    match question.answer:
        case Answer.NODE:
            judged = keys[0].kind in ("role", "vm") and len(keys) == 1 and not question.optional
            return Ask(
                question.name,
                _leaving(state, keys[0], names) or shown if judged else shown,
                "nodes" if judged else "select",
                options=_any_node(question, node_options(state, keys, question.optional, action.slotted)),
                optional=question.optional,
            )
        case Answer.NODES:
            chosen = now if isinstance(now, tuple) else ()
            options = tuple(Option(node.id, node.name, on=node.id in chosen) for node in state.nodes())
            hint = str(actwords.NONE_TICKED.get(question.name, ""))
            return Ask(question.name, shown, "several", options=options, optional=question.optional, hint=hint)
        case Answer.CHOICE:
            value = str(int(now)) if isinstance(now, int) else str(now or "")
            return Ask(
                question.name, shown, "choice", options=_choices(question, action, value), optional=question.optional
            )
        case Answer.DISK:
            disks = [disk for disk in state.all(Disk) if disk.use in ("available", "witness")]
            options = (Option("", "–"), *(Option(disk.id, disk.name, on=disk.id == now) for disk in disks))
            return Ask(question.name, shown, "select", options=options, optional=True)
        case Answer.FLAG:
            return Ask(question.name, shown, "flag", value="on" if now in (True, "on") else "", optional=True)
        case Answer.HOUR:
            return Ask(question.name, shown, "number", value=value, optional=empty, hint=_hours(zone))
        case Answer.NUMBER:
            return Ask(question.name, shown, "number", value=value, optional=empty)
        case _ if known := KNOWN.get((action.name, question.name), _nothing)(state, keys[0]):
            options = tuple(Option(known_as, told, on=known_as == now) for known_as, told in known)
            return Ask(question.name, shown, "select", options=options, optional=question.optional)
        case _:
            text = ", ".join(now) if isinstance(now, tuple) else value
            return Ask(question.name, shown, "text", value=text, optional=empty)


def _nothing(state: State, key: Key) -> tuple[tuple[str, str], ...]:
    return ()


def _any_node(question: Question, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """No node may mean the best one, or each of them."""
    told = actwords.NO_NODE.get(question.name)
    return tuple(replace(each, label=str(told)) if told and not each.value else each for each in options)


def _hours(zone: str) -> str:
    """Whose hours (fcm P13): the reader's clock may show others."""
    if zone:
        return _("0 to 23, by the clock of %(zone)s; empty: at any hour") % {"zone": zone}
    return _("0 to 23, by the clock of the object's own cluster; empty: at any hour")


def _leaving(state: State, key: Key, names: dict[str, str]) -> str:
    """The question for a node, with the one that the role leaves; "" where that is not known."""
    role = state.find(Role, key.id)
    return _("From %(node)s to") % {"node": names.get(role.owner, role.owner)} if role and role.owner else ""


def _choices(question: Question, action: Action, value: str) -> tuple[Option, ...]:
    options = []
    for choice in question.choices:
        losses = actwords.CHOICE_LOSSES.get((action.name, choice), ())
        hint = " ".join((str(actwords.CHOICE_HINTS.get((action.name, choice), "")), *map(sentence, losses)))
        options.append(Option(choice, choice_text(question, action, choice), hint.strip(), on=choice == value))
    if not any(option.on for option in options) and options:
        options[0] = Option(options[0].value, options[0].label, options[0].hint, on=True)
    return tuple(options)
