"""Django's admin for virtual machines: everything known of them, and acts on many with a preview."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as lazy

from clusters.admin.bulk import AdminActs, act, acts_of
from clusters.admin.names import call
from clusters.admin.observed import ObservedAdmin, show
from vms.models import GuestService, VirtualMachine

ACTS = (
    "set-offline-action", "set-priority", "set-preferred-owners", "live-migrate-best", "live-migrate",
    "quick-migrate-best", "quick-migrate", "move-machine-best", "move-machine", "stop-machine", "start-role",
)  # fmt: skip


@admin.register(VirtualMachine)
class VirtualMachineAdmin(ObservedAdmin):
    """Machines are changed through requests only, never by editing what was observed."""

    list_display = tuple("name cluster power owner offline_action memory_mb cpus heartbeat disk seq gone".split())
    list_filter = ("power", "offline_action", "heartbeat", "migration", "owner", "cluster", "gone")
    search_fields = ("name", "key", "uuid", "guest_os", "disk")

    def get_actions(self, request: HttpRequest) -> AdminActs:
        """Acts by name."""
        return acts_of([act(name) for name in ACTS])


show(GuestService, "guest_cluster state owner restarts failovers", "state guest_cluster")
call(VirtualMachine, lazy("virtual machine"), lazy("virtual machines"))
call(GuestService, lazy("service in a guest"), lazy("services in guests"))
