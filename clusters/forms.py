"""The questions of the wizard, one form per step: what may be answered, and what the answer does to the draft.

A secret that was typed is never given back: a form that is shown again has its field empty.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clusters import credentials, enrolment
from clusters.backends import sshkeys
from clusters.backends.sshkeys import NoKey, PrivateKey
from clusters.domain.profiles import PROFILES
from clusters.drafts import Draft
from clusters.models import Cluster
from clusters.presenters.sentences import sentence
from clusters.zones import own_zone, zones

SIMULATOR, PACEMAKER = "simulator", "pacemaker"
NODES_MOST = 64
LOCAL = "local"
NODE_PREFIX_LETTERS = 10  # NetBIOS names have 15
# Of names, IPv4 and IPv6, the latter with a zone after "%"; nothing that means anything to a shell or a program.
HOST_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%")
ACCOUNT = r"^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$"


class StepForm(forms.Form):
    """One step. `answers` is how a draft shows in the form, `apply` what the form makes of the draft."""

    def __init__(self, draft: Draft, data: Mapping[str, Any] | None = None) -> None:
        self.draft = draft
        super().__init__(data, initial=self.answers(draft), label_suffix="")

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        """What was answered before."""
        return {}

    def apply(self) -> Draft:
        """The draft with the answers. Raises keyring.Unreadable."""
        raise NotImplementedError


class KindForm(StepForm):
    """What kind of cluster it is."""

    backend = forms.ChoiceField(choices=[(SIMULATOR, lazy("Simulated")), (PACEMAKER, lazy("Pacemaker"))])

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        return {"backend": draft.backend or PACEMAKER}

    def apply(self) -> Draft:
        """Another kind begins anew."""
        chosen = self.cleaned_data["backend"]
        return self.draft if chosen == self.draft.backend else Draft(self.draft.id, chosen)


class NameForm(StepForm):
    """What people call it."""

    name = forms.CharField(max_length=255)
    slug = forms.SlugField(max_length=50, required=False)
    description = forms.CharField(max_length=255, required=False)

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        return {"name": draft.name, "slug": draft.slug, "description": draft.description}

    def clean(self) -> dict[str, Any]:
        """The name in addresses comes from the name unless it is given."""
        cleaned: dict[str, Any] = super().clean() or {}
        slug = cleaned.get("slug") or slugify(cleaned.get("name", ""))[:50]
        if "name" in cleaned and "slug" in cleaned and not slug:
            self.add_error("slug", _("Give a name for addresses: letters, digits, hyphens."))
        elif slug in enrolment.RESERVED or Cluster.objects.filter(slug=slug).exists():
            self.add_error("slug", _("There is a cluster %(slug)s already. Choose another name.") % {"slug": slug})
        return {**cleaned, "slug": slug}

    def apply(self) -> Draft:
        said = self.cleaned_data
        return replace(self.draft, name=said["name"], slug=said["slug"], description=said["description"])


class SizeForm(StepForm):
    """How large a simulated cluster is, and which version it behaves like."""

    profile = forms.ChoiceField(choices=[(name, each.label) for name, each in reversed(PROFILES.items())])
    nodes = forms.IntegerField(min_value=1, max_value=NODES_MOST)
    machines = forms.IntegerField(min_value=0, max_value=8000)
    time_zone = forms.ChoiceField(choices=[(name, name) for name in zones()], required=False)

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        size: dict[str, Any] = {
            name: draft.options[name] for name in ("profile", "nodes", "machines") if name in draft.options
        }
        return {"profile": "2025", "nodes": 4, "machines": 16, "time_zone": draft.time_zone or own_zone(), **size}

    def clean(self) -> dict[str, Any]:
        """No more than the version allows."""
        cleaned: dict[str, Any] = super().clean() or {}
        profile = PROFILES.get(cleaned.get("profile", ""))
        if profile is None:
            return cleaned
        limits = {"nodes": profile.max_nodes, "machines": profile.max_vms}
        for field, most in limits.items():
            if cleaned.get(field, 0) > most:
                self.add_error(field, _("%(version)s allows %(most)s.") % {"version": profile.label, "most": most})
        return cleaned

    def apply(self) -> Draft:
        # The first day is part of the world: a restart builds the same one from it (decision 0002).
        began = datetime.now(UTC).replace(microsecond=0).isoformat()
        nodes_begin_with = self.draft.slug.upper()[:NODE_PREFIX_LETTERS].strip("-")
        size = {name: self.cleaned_data[name] for name in ("profile", "nodes", "machines")}
        sized = self.draft.with_options(sample="sized", began=began, name=nodes_begin_with, **size)
        return replace(sized, time_zone=self.cleaned_data["time_zone"] or own_zone())


class NodesForm(StepForm):
    """Which machines the nodes are, and as whom the console logs in there."""

    nodes = forms.CharField(max_length=20_000, widget=forms.Textarea)
    user = forms.RegexField(ACCOUNT, error_messages={"invalid": lazy("That is no name of an account.")})

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        lines = [f"{name} {written(each)}" for name, each in draft.nodes().items()]
        return {"nodes": "\n".join(lines), "user": draft.options.get("user", "")}

    def clean_nodes(self) -> dict[str, dict[str, Any]]:
        """By name: the address, or nothing for the console's own machine."""
        found: dict[str, dict[str, Any]] = {}
        for line in filter(None, (each.strip() for each in self.cleaned_data["nodes"].splitlines())):
            name, *rest = line.split()
            if len(rest) > 1:
                raise ValidationError(_("“%(text)s” is not a name and an address.") % {"text": line[:100]})
            if name in found:
                raise ValidationError(_("%(node)s stands there twice.") % {"node": name[:100]})
            found[name] = address(rest[0] if rest else name)
        if len(found) > NODES_MOST:
            raise ValidationError(_("A cluster has %(most)s nodes at most.") % {"most": NODES_MOST})
        return found

    def apply(self) -> Draft:
        return self.draft.with_nodes(self.cleaned_data["nodes"]).with_options(user=self.cleaned_data["user"])


class KeyForm(StepForm):
    """How the console proves who it is. `kept` says that there is a key already."""

    how = forms.ChoiceField(choices=[(each, each) for each in ("keep", "generate", "paste", "agent")])
    private_key = forms.CharField(max_length=sshkeys.TEXT_MAX, required=False, strip=False, widget=forms.Textarea)
    passphrase = forms.CharField(max_length=1000, required=False, strip=False)

    key: PrivateKey | None = None

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        if draft.options.get("agent"):
            return {"how": "agent"}
        return {"how": "keep" if has_key(draft) else "generate"}

    def clean(self) -> dict[str, Any]:
        """Read the key now, so that a wrong one is told where it was typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        how = cleaned.get("how")
        if how == "keep" and not has_key(self.draft):
            self.add_error("how", _("There is no key yet: paste one or have one made."))
        # The text itself goes no further than this: what is kept is the key, sealed.
        if how == "paste":
            self.key = _read(self, "private_key", cleaned)
        elif how == "generate":
            self.key = sshkeys.generate()
        return {**cleaned, "private_key": "", "passphrase": ""}

    def apply(self) -> Draft:
        how = self.cleaned_data["how"]
        if how == "agent":
            return self.draft.with_options(agent=True, credential=None, key_file=None)
        if how == "keep":
            file = self.draft.options.get("key_file")
            return self.draft.with_options(agent=None, credential=None if file else credentials.KEY)
        assert self.key
        changed = self.draft.with_options(agent=None, key_file=None, credential=credentials.KEY)
        return changed.with_key(credentials.KEY, self.key)


class JumpForm(StepForm):
    """Through which machine the nodes are reached, if they are not reached directly."""

    way = forms.ChoiceField(choices=[("direct", "direct"), ("jump", "jump")])
    host = forms.CharField(max_length=300, required=False)
    user = forms.RegexField(ACCOUNT, required=False, error_messages={"invalid": lazy("That is no name of an account.")})
    own_key = forms.BooleanField(required=False)
    private_key = forms.CharField(max_length=sshkeys.TEXT_MAX, required=False, strip=False, widget=forms.Textarea)
    passphrase = forms.CharField(max_length=1000, required=False, strip=False)

    key: PrivateKey | None = None

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        jump = draft.options.get("jump") or {}
        return {
            "way": "jump" if jump else "direct",
            "host": written(jump) if jump else "",
            "user": jump.get("user", ""),
            "own_key": jump.get("credential") == credentials.JUMP_KEY,
        }

    def clean_host(self) -> dict[str, Any]:
        """The address, read."""
        return address(self.cleaned_data["host"]) if self.cleaned_data.get("host", "").strip() else {}

    def clean(self) -> dict[str, Any]:
        """A jump host needs an address; its own key may be the one that is stored already."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("way") == "jump":
            if not cleaned.get("host") and "host" not in self.errors:
                self.add_error("host", _("Give the address of the jump host."))
            stored = credentials.JUMP_KEY in self.draft.public
            if cleaned.get("own_key") and (cleaned.get("private_key", "").strip() or not stored):
                self.key = _read(self, "private_key", cleaned)
        return {**cleaned, "private_key": "", "passphrase": ""}

    def apply(self) -> Draft:
        said, before = self.cleaned_data, self.draft.options.get("jump") or {}
        if said["way"] == "direct":
            return replace(self.draft.with_options(jump=None), unseen={})
        jump = {**said["host"], **({"user": said["user"]} if said["user"] else {})}
        if said["own_key"]:
            jump["credential"] = credentials.JUMP_KEY
        # A pinned key belongs to an address; whoever names another one must look at its key anew.
        if before.get("host_key") and written(before) == written(jump):
            jump["host_key"] = before["host_key"]
        changed = replace(self.draft.with_options(jump=jump), shown={}, unseen={})
        return changed.with_key(credentials.JUMP_KEY, self.key) if self.key else changed


class FinishForm(StepForm):
    """Whether the console may act, and whether it is added although a test failed."""

    acts = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes")])
    anyway = forms.BooleanField(required=False)

    @staticmethod
    def answers(draft: Draft) -> dict[str, Any]:
        return {"acts": "yes" if draft.options.get("acts") else "no"}

    def clean(self) -> dict[str, Any]:
        """What was not tested, or failed, is added only by one who says so."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not (cleaned.get("anyway") or self.draft.is_untouched() or enrolment.passed(self.draft.findings())):
            self.add_error("anyway", _("Not every test has passed. Tick this to go on all the same."))
        return cleaned

    def apply(self) -> Draft:
        found = self.draft.found
        return replace(self.draft.with_options(acts=self.cleaned_data["acts"] == "yes"), found=found)


class SimulatedFinishForm(StepForm):
    """Nothing is left to ask."""

    def apply(self) -> Draft:
        return self.draft


def has_key(draft: Draft) -> bool:
    """Whether there is a key to log in with: given in these steps, stored, or in a file of the console's machine."""
    return credentials.KEY in draft.public or bool(draft.options.get("key_file"))


def address(text: str) -> dict[str, Any]:
    """host, host:port, [ipv6]:port, ipv6, or "local". Raises ValidationError."""
    text = text.strip()
    if text == LOCAL:
        return {}
    if text.startswith("["):
        host, _bracket, rest = text[1:].partition("]")
        colon, port = rest[:1], rest[1:]
    else:
        host, colon, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "")
    strange = not host or len(host) > 253 or not set(host) <= HOST_LETTERS or bool(colon and not _is_port(port))
    if strange or (text.startswith("[") and ("]" not in text or colon not in ("", ":"))):
        raise ValidationError(_("“%(text)s” is no address. Write host or host:port.") % {"text": text[:100]})
    return {"host": host, **({"port": int(port)} if colon else {})}


def written(options: Mapping[str, Any]) -> str:
    """An address as it is typed."""
    host, port = str(options.get("host", "")), str(options.get("port", 22))
    if not host:
        return LOCAL
    if port == "22":
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text) < 65536


def _read(form: StepForm, field: str, said: Mapping[str, Any]) -> PrivateKey | None:
    try:
        return sshkeys.read(said.get(field, ""), said.get("passphrase", ""))
    except NoKey as wrong:
        form.add_error(field, sentence(wrong.message))
        return None
