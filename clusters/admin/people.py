"""Who signs in: people and groups, changed by superusers only, because whoever may change a person could become him.

Also who was refused at the door, and the counters of wrong passwords, to let a colleague try again at once.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from clusters.admin.readonly import BySuperusers, InPlainWords
from clusters.models import HiddenColumns, RefusedSignIn, WrongTries

if TYPE_CHECKING:
    People = UserAdmin[User]
else:
    People = UserAdmin

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(BySuperusers, People):
    """People; what each may do on which cluster stands with the clusters."""


@admin.register(Group)
class PeopleGroupAdmin(BySuperusers, GroupAdmin):
    """Groups, and what each may look into here."""


class Written(BySuperusers, InPlainWords):
    """What the console writes down of people: nothing of it can be made or changed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(WrongTries)
class WrongTriesAdmin(Written):
    """Counters of an hour. Removing one lets its owner try again."""

    list_display = ("kind", "tries", "last_at")
    list_filter = ("kind",)
    search_fields = ("who",)
    ordering = ("-last_at",)


@admin.register(RefusedSignIn)
class RefusedSignInAdmin(Written):
    """Who was refused at the door, from where and how often: one row for each hour, name and address."""

    list_display = ("last_at", "name", "address", "tries")
    list_filter = ("last_at",)
    search_fields = ("name", "address")
    ordering = ("-last_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: an audit that can be wiped is none."""
        return False


@admin.register(HiddenColumns)
class HiddenColumnsAdmin(Written):
    """What people do not want to see in their lists. Removing a row shows them everything again."""

    list_display = ("user", "kind", "names")
    list_filter = ("kind",)
    search_fields = ("user__username",)
    list_select_related = ("user",)
