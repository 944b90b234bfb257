"""How often somebody wishes letters, kind by kind."""

from typing import Any

from django import forms

from directorates.foundation.models import Pace
from directorates.foundation.notice_kinds import ALWAYS, KINDS
from directorates.models import NoticeChoice, User


class NoticeChoicesForm(forms.Form):
    """A choice for each kind of notice, but for those that are always told at once."""

    def __init__(self, data: Any, *, person: User) -> None:
        """Ask about every kind; begin with what was chosen, and at once where nothing was."""
        super().__init__(data)
        chosen = dict(NoticeChoice.objects.filter(person=person).values_list("kind", "pace"))
        for kind, words in KINDS.items():
            if kind not in ALWAYS:
                begin = chosen.get(kind, Pace.IMMEDIATE)
                self.fields[kind] = forms.ChoiceField(label=str(words), choices=Pace.choices, initial=begin)
