"""Dutch says what Microsoft's Dutch products say, where they have a word, and one word for one thing."""

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext

from tests.source import ROOT

TERMS = {
    "Roles": "Rollen", "Nodes": "Knooppunten", "Storage": "Opslag", "Disks": "Schijven", "Networks": "Netwerken",
    "Cluster Events": "Clustergebeurtenissen", "Owner Node": "Eigenaarsknooppunt", "Priority": "Prioriteit",
    "Preferred owners": "Voorkeureigenaars", "Possible owners": "Mogelijke eigenaars", "Type": "Type",
    "Live migration": "Livemigratie", "Quick migration": "Snelle migratie", "Move": "Verplaatsen",
    "Cancel live migration": "Livemigratie annuleren", "Best possible node": "Best mogelijke knooppunt",
    "Offline action": "Offlineactie", "Save": "Opslaan", "Shut down": "Afsluiten", "Turn off": "Uitschakelen",
    "Shut down (forced)": "Afsluiten (geforceerd)", "Bring online": "Online brengen", "Take offline": "Offline zetten",
    "data may be lost": "er kunnen gegevens verloren gaan", "Pause": "Pauzeren", "Resume": "Hervatten",
    "Start Cluster service": "Clusterservice starten", "Stop Cluster service": "Clusterservice stoppen",
    "Maintenance mode": "Onderhoudsmodus", "Redirected access": "Omgeleide toegang", "Properties": "Eigenschappen",
    "Maximum failures in the specified period": "Maximum aantal fouten in de opgegeven periode",
    "Maximum restarts in the specified period": "Maximum aantal startpogingen in de opgegeven periode",
    "Period (hours)": "Periode (uren)", "No Auto Start": "Niet automatisch starten", "Actions": "Acties",
    "More actions": "Meer acties", "Cluster Core Resources": "Kernclusterresources", "Witness": "Witness",
    "Current Host Server": "Huidige hostserver", "Node Majority": "Knooppuntmeerderheid",
    "Node and Disk Majority": "Knooppunt- en schijfmeerderheid", "Disk witness": "Schijfwitness",
    "File share witness": "Bestandssharewitness", "Assigned Vote": "Toegewezen stem", "Current Vote": "Huidige stem",
    "Available Storage": "Beschikbare opslag", "Assigned To": "Toegewezen aan", "Disk Number": "Schijfnummer",
    "Add to Cluster Shared Volumes": "Toevoegen aan gedeelde clustervolumes", "Cluster Use": "Clustergebruik",
    "Remove from Cluster Shared Volumes": "Verwijderen uit gedeelde clustervolumes", "Event ID": "Gebeurtenis-id",
    "Cluster only": "Alleen cluster", "Cluster and client": "Cluster en client", "Date and Time": "Datum en tijd",
    "Critical": "Kritiek", "Error": "Fout", "Warning": "Waarschuwing", "Information": "Informatie",
    "Refresh configuration": "Configuratie vernieuwen",
    "Cancel": "Annuleren", "Close": "Sluiten",
}  # fmt: skip
"""fcm §5."""

STATES = {
    "Running": "Actief", "Saved": "Opgeslagen", "Paused": "Gepauzeerd", "Starting": "Bezig met starten",
    "Live migrating": "Livemigratie", "Migration queued": "Livemigratie in de wachtrij", "Failed": "Mislukt",
    "Move blocked": "Verplaatsing geblokkeerd", "Application in VM critical": "Toepassing in VM kritiek",
    "Unmonitored": "Niet bewaakt", "Paused-critical": "Onderbroken, kritiek", "Up": "Actief", "Down": "Uitgevallen",
    "Partially running": "Gedeeltelijk actief", "Draining": "Wordt leeggemaakt", "Joining": "Treedt toe",
    "SAFE TO REBOOT": "VEILIG OPNIEUW TE STARTEN", "Isolated": "Geïsoleerd", "Quarantined": "In quarantaine",
    "Online": "Online", "Partitioned": "Gepartitioneerd", "Normal": "Normaal", "Unknown": "Onbekend",
}  # fmt: skip
"""The status vocabulary of the interface design."""

CATALOGUE = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"
UNWANTED = re.compile(r"\b(nodes?|failover cluster|getuige|je|jij|jouw|alsjeblieft)\b", re.I)
"""Words that have a better one, and the familiar form."""


@pytest.mark.parametrize(("english", "dutch"), [*TERMS.items(), *STATES.items()])
def test_a_term_is_the_one_administrators_know(english: str, dutch: str) -> None:
    with translation.override("nl"):
        assert gettext(english) == dutch


def test_words_that_english_spells_alike_are_told_apart() -> None:
    with translation.override("nl"):
        assert (pgettext("priority", "Medium"), pgettext("power", "Off")) == ("Normaal", "Uit")


def test_no_dutch_sentence_uses_a_word_that_has_a_better_one() -> None:
    assert not [text for text in _dutch(CATALOGUE) if UNWANTED.search(text)]


def _dutch(catalogue: Path) -> list[str]:
    written = re.sub(r"%\(\w+\)s", "", catalogue.read_text(encoding="utf-8"))
    return re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', written, re.MULTILINE)
