"""What stands on paper beside the text of a policy, in one language: state, who applies it, the ballot, concerns, the hash."""

import datetime
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.formats import dates
from directorates.foundation.attachments import ENDINGS
from directorates.models import User
from directorates.models.organisations import Kind
from policies.models import (
    Ballot,
    Concern,
    Elector,
    PolicyPaper,
    PolicyPicture,
    PolicySection,
    PolicyState,
    PolicyVersion,
)
from policies.models.acknowledgements import Standing, standings
from policies.models.ballots import CHOICES, tally_of
from policies.models.concerns import ConcernState
from policies.rules.ballots import Choice, Majority, Outcome
from policies.rules.blocks import Pictures, blocks_of
from policies.rules.verify import GROUP, grouped

# A point of a screen in points of a page: 96 and 72 an inch.
POINTS = 0.75
# A line in pieces, as `templates/policies/policy.typ` reads it: a text of ours, or a dictionary.
Piece = str | dict[str, Any]
Line = list[Piece]
# What stands below a heading of its own: a title, sentences, a table.
Listing = dict[str, Any]


def ltr(text: object) -> Piece:
    """A code, a number or a day in figures, which stands from left to right."""
    return {"ltr": str(text)}


def said(text: str) -> Piece:
    """What people wrote, in the direction of its first letter."""
    strong = next((way for sign in text if (way := unicodedata.bidirectional(sign)) in {"L", "R", "AL"}), "AL")
    return {"said": text, "rtl": strong != "L"}


@dataclass(frozen=True)
class Paper:
    """Everything that is set of a version, read once: `ballot` is the one that adopted it, or the last that was counted."""

    version: PolicyVersion
    at: datetime.datetime
    address: str
    sections: list[PolicySection]
    papers: list[PolicyPaper]
    pictures: list[PolicyPicture]
    standings: list[Standing]
    ballot: Ballot | None
    electors: list[Any]
    concerns: list[Any]

    @classmethod
    def of(cls, version: PolicyVersion, by: User, at: datetime.datetime, address: str) -> Self:
        """What a person reads of a version today; `address` is where its hash is verified, "" where nobody may."""
        counted = version.ballots.exclude(closed=None).exclude(outcome=Outcome.CALLED_OFF).order_by("-pk")
        ballot: Ballot | None = version.ballot or counted.first()
        concerns = Concern.objects.visible_to(by).until(version).unsettled().select_related("organisation", "version")
        holding = version.adopted is not None and version.called_off is None
        return cls(
            version,
            at,
            address,
            list(version.sections.all()),
            list(version.papers.defer("content").order_by("at", "pk")),
            list(version.pictures.order_by("number")),
            [one for one in standings(version) if one.organisation.kind == Kind.DIRECTORATE] if holding else [],
            ballot,
            list(ballot.electors.with_vote().order_by("organisation__code")) if ballot else [],
            list(concerns) if version.fixed else [],
        )


def part_of(paper: Paper, language: str) -> dict[str, Any]:
    """The whole of a version in one language."""
    with translation.override(language):
        version, state = paper.version, paper.version.state(timezone.localdate(paper.at))
        pictures = {one.number: drawn(one, language) for one in paper.pictures}
        lists = [_scanned(paper), _applying(paper), _balloted(paper), _concerned(paper)]
        return {
            "lang": language,
            "title": version.policy.name,
            "state": str(state.label),
            "holds": state is PolicyState.IN_FORCE,
            "warning": _warning(state),
            "above": [str(version.policy.get_kind_display()), " · ", ltr(version.policy.code)],
            "facts": _facts(paper),
            "contents": _("Contents"),
            "logo": pgettext("branding", "Logo"),
            "empty": _("There is no text yet."),
            "sections": [_section(one, language, pictures) for one in paper.sections],
            "lists": [one for one in lists if one is not None],
            "check": _check(paper),
            "foot": _foot(paper),
        }


def file_of(picture: PolicyPicture) -> str:
    """The name under which the template finds a picture."""
    return f"picture-{picture.number}.{ENDINGS[picture.content_type]}"


def drawn(picture: PolicyPicture, language: str) -> dict[str, Any]:
    """A picture as the template draws it, with its words in one language; in points of a page."""
    words = getattr(picture, f"words_{language}")
    size = {"width": picture.width * POINTS, "height": picture.height * POINTS}
    return {"file": file_of(picture), "words": words, **size}


def _section(section: PolicySection, language: str, pictures: Pictures) -> dict[str, Any]:
    """A section in one language."""
    heading, text = getattr(section, f"heading_{language}"), getattr(section, f"text_{language}")
    return {"heading": heading, "blocks": blocks_of(text, pictures)}


def _warning(state: PolicyState) -> str:
    """What whoever holds the paper must not miss; nothing where the text holds."""
    return {
        PolicyState.DRAFT: _("Draft: this text can still change, and nobody has adopted it."),
        PolicyState.PROPOSED: _("Proposed: nobody has brought this text into force yet."),
        PolicyState.GIVEN_UP: _("This text was not adopted: a later version took its place."),
        PolicyState.SUPERSEDED: _("This text holds no more: a later version took its place."),
        PolicyState.WITHDRAWN: _("This text was withdrawn."),
    }.get(state, "")


def _facts(paper: Paper) -> list[tuple[str, Line]]:
    """What a version is, a label and a line each."""
    version = paper.version
    found: list[tuple[str, Line]] = [
        (pgettext("policy", "Version"), [ltr(version.number)]),
        (pgettext("policy", "Kept by"), [version.policy.owner.name]),
    ]
    if version.adopted:
        by: Line = [_("Ballot of the directorates")] if version.ballot_id else [said(version.basis)]
        found += [(_("Adopted on"), [dates.short_day(version.adopted)]), (_("Adopted by"), by)]
    if version.first_day:
        found.append((_("In force from"), [dates.short_day(version.first_day)]))
    if version.first_day and version.last_day:
        found.append((_("Last day"), [dates.short_day(version.last_day)]))
    if version.withdrawn_why:
        found.append((_("Reason"), [said(version.withdrawn_why)]))
    found.append((_("As it stood on"), [dates.long_moment(paper.at)]))
    return found


def _scanned(paper: Paper) -> Listing | None:
    """The scanned papers that are text of the version, each with the hash by which its file is known."""
    if not paper.papers:
        return None
    rows = [
        [
            _cell(one.issuer),
            _cell(one.reference or "–"),
            _cell(ltr(one.dated.isoformat()) if one.dated else "–"),
            _cell(one.name),
            _cell(ltr(grouped(one.digest))),
        ]
        for one in paper.papers
    ]
    columns = [_("Issued by"), pgettext("paper", "No."), pgettext("paper", "Date"), _("File"), _("Hash (SHA-256)")]
    words: list[Line] = [
        [_("What stands on these papers is text of this version. Their files lie with it in the portal.")]
    ]
    return {"title": _("Scanned papers"), "words": words, "columns": columns, "widths": [4, 3, 3, 4, 7], "rows": rows}


def _applying(paper: Paper) -> Listing | None:
    """Since when each directorate applies what was adopted, with its reservation."""
    if not paper.standings:
        return None
    rows = [
        [
            _cell(one.organisation.name),
            _cell(ltr(dates.local(one.at).strftime("%Y-%m-%d")) if one.at else _("Not yet acknowledged")),
            _cell(ltr(one.since.isoformat()) if one.since else "–"),
            _cell(said(one.reservation) if one.reservation else "–"),
        ]
        for one in paper.standings
    ]
    columns = [_("Directorate"), _("Acknowledged"), _("Applied from"), _("Reservation")]
    return {"title": _("Which directorates apply it"), "columns": columns, "widths": [4, 3, 3, 6], "rows": rows}


def _balloted(paper: Paper) -> Listing | None:
    """What came of the ballot, with its arithmetic and what each voted."""
    ballot = paper.ballot
    if ballot is None:
        return None
    columns = [_("Organisation"), pgettext("ballot", "Vote"), _("Reservation")]
    rows = [_elector(one) for one in paper.electors]
    title = _("Ballot of %(day)s") % {"day": dates.short_day(ballot.opened)}
    return {"title": title, "words": _arithmetic(ballot), "columns": columns, "widths": [4, 4, 6], "rows": rows}


def _arithmetic(ballot: Ballot) -> list[Line]:
    """How it was counted, in four lines."""
    tally = tally_of(ballot)
    counted = _("Counted: %(electors)s. Quorum of %(quorum)s %%: %(needed)s have to vote. Voted: %(voted)s.") % {
        "electors": tally.electors,
        "quorum": ballot.quorum,
        "needed": tally.needed(ballot.quorum),
        "voted": tally.voted,
    }
    votes = _(
        "For: %(favour)s, of these with reservation: %(reserved)s. Against: %(against)s. Abstained: %(abstained)s."
    ) % {
        "favour": tally.in_favour,
        "reserved": tally.reserved,
        "against": tally.against,
        "abstained": tally.abstained,
    }
    carried = _("For or against: %(decided)s. %(majority)s: at least %(needed)s. For: %(favour)s.") % {
        "decided": tally.decided,
        "majority": ballot.get_majority_display(),
        "needed": tally.needed_for(Majority(ballot.majority)),
        "favour": tally.in_favour,
    }
    outcome = f"{ballot.get_majority_display()}: {ballot.get_outcome_display()}"
    return [[counted], [votes], [carried], [outcome]]


def _elector(one: Any) -> list[Any]:
    """An elector, what it voted, and its reservation."""
    elector: Elector = one
    if elector.left_out:
        words = str(elector.get_left_out_display())
    else:
        words = str(CHOICES[Choice(one.choice)]) if one.choice else _("Did not vote")
    return [_cell(elector.organisation.name), _cell(words), _cell(said(one.reservation) if one.reservation else "–")]


def _concerned(paper: Paper) -> Listing | None:
    """Concerns that their organisations do not call settled."""
    if not paper.version.fixed:
        return None
    title, columns = _("Concerns that are not settled"), [_("Organisation"), _("State"), _("The concern")]
    rows = [
        [
            _cell(one.organisation.name),
            _cell(f"{one.get_seriousness_display()} · {ConcernState(one.state).label}"),
            _cell(said(one.about)),
        ]
        for one in paper.concerns
    ]
    words: Sequence[Line] = [] if rows else [[_("There is none.")]]
    return {"title": title, "words": words, "columns": columns, "widths": [3, 4, 7], "rows": rows}


def _check(paper: Paper) -> dict[str, str] | None:
    """The hash of the text, and where anybody may ask what it is of."""
    if not paper.address:
        return None
    words = _(
        "This is the hash (SHA-256) of the text in both languages. At the address below anybody can ask, without an "
        "account, of which policy and version it is, and whether that is in force on that day."
    )
    if paper.papers:
        words = _(
            "This is the hash (SHA-256) of the text in both languages and of the scanned papers above. At the address below "
            "anybody can ask, without an account, of which policy and version it is, and whether that is in force on that day."
        )
    if paper.pictures:
        words += " " + _("The pictures in the text, with the words that say what they show, are part of the hash.")
    return {"title": _("Verify this text"), "words": words} | {
        "address": paper.address.partition("?")[0],
        "digest": grouped(paper.version.digest),
        "link": paper.address,
    }


def _foot(paper: Paper) -> Line:
    """What stands below each page."""
    version = paper.version
    known = [" · ", ltr(grouped(version.digest)[: 2 * GROUP + 1] + " …")] if paper.address else []
    return [ltr(f"{version.policy.code} · {version.number}"), *known]


def _cell(piece: Piece) -> dict[str, Line]:
    return {"pieces": [piece]}
