"""What is done to settle a double report: propose, confirm, refuse. Nothing is ever added up in silence.

Settling writes no report: it says what counts of them, and `recount` derives that in the same transaction. What was settled is
taken back by another settlement, proposed and confirmed like any.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.counted import lock_reports, write_counted
from coordination.reporting.actions.double_reports import (
    WITHIN,
    append,
    await_attention,
    resting,
    revisions_of,
    turn,
)
from coordination.reporting.models.double_reports import (
    AGREEING,
    WAITING,
    DoubleDeed,
    DoubleReport,
    DoubleState,
    Key,
    Settlement,
    WayOf,
)
from coordination.reporting.models.expected import closed_by_seals
from coordination.reporting.models.shared_items import compared
from coordination.reporting.models.side_by_side import SideBySide, breach_told
from coordination.reporting.models.submissions import Submission
from coordination.reporting.rules.settlements import Part, Terms, TermsFault, Way, faults_of
from coordination.reporting.rules.specification import TemplateSpec
from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.seals import sealed
from directorates.permissions import Permission, Refused, may, require, rights_of
from directorates.rules.text import clean_text
from facilities.models.duplicates import entries_of

LONGEST_REASON = 2000
# So many proposals an organisation makes of one double report in a day that were settled by nobody.
MOST_PROPOSALS, A_DAY = 10, datetime.timedelta(days=1)
# Parties settle while anything waits, and may settle otherwise, or take back, what is settled.
SETTLING = (*WAITING, DoubleState.SETTLED)
SETTLED = (DoubleDeed.SETTLED, DoubleDeed.BACK)

WORDS: dict[tuple[str, str], Promise] = {
    ("taken", "required"): gettext_lazy("Choose whose report it stands on."),
    ("taken", "no_side"): gettext_lazy("This organisation sent none of the reports."),
    ("taken", "not_asked"): gettext_lazy("This way stands on no single report."),
    ("values", "required"): gettext_lazy("Say of at least one item what counts."),
    ("values", "not_asked"): gettext_lazy("Single items are settled only by a value for each item."),
    ("values", "not_split"): gettext_lazy(
        "Of each service one report counts; numbers are given by a value for each item."
    ),
    ("values", "unknown"): gettext_lazy("The report asks for no such number: %(item)s."),
    ("values", "no_side"): gettext_lazy("This organisation sent none of the reports: %(item)s."),
    ("values", "not_summed"): gettext_lazy("Averages and shares cannot be added: %(item)s."),
    ("values", "out_of_bounds"): gettext_lazy("This number could not have been reported: %(item)s."),
    ("way", "nothing_settled"): gettext_lazy("Nothing is settled that could be taken back."),
}


@dataclass(frozen=True)
class Said:
    """What somebody wants to count, and why; `seen` are the revisions that were read, where they are named.

    `knowing` that rules of the template are broken, it can be settled all the same.
    """

    way: Way
    reason: str
    taken: Organisation | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    seen: Collection[int] | None = None
    knowing: bool = False

    @property
    def terms(self) -> Terms:
        """As the rules read it."""
        return Terms(self.way, self.taken.pk if self.taken else None, self.parts)


@dataclass
class Held:
    """A double report and its reports, locked, as they stand now."""

    double: DoubleReport
    reports: list[Submission]
    sent: list[Submission]
    # What the reports are about: several where entries of the register were merged.
    keys: list[Key]

    @property
    def sides(self) -> dict[int, Submission]:
        """The reports by reporter."""
        return {report.reporter_id: report for report in self.sent}


@unwalled
def hold(double: DoubleReport, states: Collection[str]) -> Held:
    """Lock the reports, then the double report; 409 `not_open` where it is so far that this is done no more, or not yet."""
    facilities = entries_of([double.facility_id]) or [double.facility_id]
    keys = [(double.period_start, facility) for facility in sorted(facilities)]
    reports = [one for template in double.templates for one in lock_reports(template_id=template.pk, keys=keys)]
    held = DoubleReport.objects.named().select_for_update(of=("self",)).get(pk=double.pk)
    if held.state not in states or len(held.reports) < 2:
        words = _("This double report stands otherwise by now: %(state)s. Nothing was changed.")
        raise Problem("not_open", words % {"state": held.get_state_display()}, 409)
    return Held(held, reports, held.reports, [(double.template_id, *key) for key in keys])


def demand_unsealed(held: Held, *others: int) -> None:
    """Raise 409 `sealed_party` while a side or the reviewing directorate is sealed: it could not answer."""
    parties = {*held.sides, *(report.reviewer_id for report in held.sent), *others}
    if closed := sealed(parties):
        raise _sealed_party(closed)


def demand_unclosed(by: User, reports: Sequence[Submission]) -> None:
    """Raise 409 `sealed_party` where a seal closes one of the reports to the reader: side by side each tells its numbers."""
    rights = rights_of(by)
    own = rights.organisations(Permission.VIEW_REPORTS)
    if theirs := set(closed_by_seals(rights)) & {one.directorate_id for one in reports if one.reporter_id not in own}:
        raise _sealed_party(theirs)


def _sealed_party(closed: Collection[int]) -> Problem:
    names = ", ".join(one.short for one in Organisation.objects.filter(pk__in=closed).order_by("code"))
    words = _("Sealed: %(names)s. Nothing is settled with a directorate that cannot answer; the rule counts meanwhile.")
    return Problem("sealed_party", words % {"names": names}, 409)


def reads_double_reports(user: User) -> bool:
    """Whether somebody reads reports, or may be asked to decide about them."""
    return may(user, Permission.ARBITRATE_REPORTS) or may(user, Permission.VIEW_REPORTS)


def require_reader(by: User) -> None:
    """Raise unless somebody `reads_double_reports`."""
    require(by, Permission.ARBITRATE_REPORTS if may(by, Permission.ARBITRATE_REPORTS) else Permission.VIEW_REPORTS)


def side_of(user: User, reports: Collection[Submission]) -> Submission | None:
    """The report of the organisation acted for, where the person may send for it there."""
    rights = rights_of(user)
    own = (report for report in reports if report.reporter_id == user.acting_id)
    return next((report for report in own if rights.allow(Permission.SUBMIT_REPORTS, report)), None)


def demand_side(by: User, double: DoubleReport, reports: Collection[Submission]) -> None:
    """Raise unless a person speaks for one of the sides."""
    own = side_of(by, reports)
    if own is None:
        detail = _("Only whoever sends reports for one of the sides says this.")
        raise Refused(Permission.SUBMIT_REPORTS, double, detail=detail)
    require(by, Permission.SUBMIT_REPORTS, own)


def demand_party(by: User, double: DoubleReport, reports: Sequence[Submission]) -> None:
    """Raise unless a person speaks for one of the sides or reviews one of their reports."""
    if side_of(by, reports) is None:
        reviewed = (report for report in reports if may(by, Permission.REVIEW_REPORTS, report))
        require(by, Permission.REVIEW_REPORTS, next(reviewed, reports[0]))
    else:
        demand_side(by, double, reports)


def demand_answering(by: User, double: DoubleReport, reports: Sequence[Submission]) -> None:
    """Raise unless a person speaks for one of the sides, or withdraws what the own organisation proposed."""
    if double.proposal is not None and double.proposal.acting_id == by.acting_id:
        demand_party(by, double, reports)
    else:
        demand_side(by, double, reports)


def demand_seen(held: Held, said: Collection[int] | None) -> list[int]:
    """The revisions as they stand; 409 `changed` where others were read."""
    now = revisions_of(held.double)
    if said is not None and sorted(said) != now:
        words = _("One of the reports was corrected in the meantime. Read them once more.")
        raise Problem("changed", words, 409)
    return now


@transaction.atomic
def propose_settlement(*, double: DoubleReport, said: Said, by: User, at: datetime.datetime) -> Settlement:
    """Propose what counts; it holds once every other side has confirmed it. The same once more changes nothing.

    A later proposal takes the place of an open one. 400 `invalid` with every fault; 409 `changed`, `not_open`, `sealed_party`.
    """
    held = hold(double, SETTLING)
    demand_party(by, held.double, held.sent)
    demand_unsealed(held)
    now = demand_seen(held, said.seen)
    reason = examined(held, said, by)
    open_one = held.double.proposal
    if open_one is not None and open_one.acting_id == by.acting_id and _same(open_one, said, reason):
        return open_one
    if open_one is not None and open_one.acting_id != by.acting_id and side_of(by, held.sent) is None:
        raise Problem("proposed", _("Something else is proposed by now; the sides answer that first."), 409)
    if open_one is not None:
        append(held.double, DoubleDeed.REFUSED, by, at, settlement=open_one)
    _demand_few(held, said.way, by, at)
    made = make(held, said, reason, now, by, at)
    keeps = held.double.state == DoubleState.ARBITRATION
    # What was settled long ago gets its own time when it is opened again.
    begins = held.double.state == DoubleState.SETTLED
    due: dict[str, Any] = {"due": timezone.localdate(at) + WITHIN, "told_above": 0} if begins else {}
    turn(held.double, DoubleState.ARBITRATION if keeps else DoubleState.PROPOSED, proposal=made, **due)
    append(held.double, DoubleDeed.PROPOSED, by, at, settlement=made)
    record(by, "propose_settlement", held.double, way=made.way, settlement=made.pk)
    return made


def examined(held: Held, said: Said, by: User) -> str:
    """The reason as it is kept; everything that speaks against what is wanted is told at once."""
    reason = clean_text(said.reason, multiline=True)
    needed = _("Write why; both sides read it, and it is shown with the figure.")
    spec = compared(held.sent).spec
    faults = [
        _told(one, spec)
        for one in faults_of(said.terms, held.sides, spec, settled=held.double.settlement_id is not None)
    ]
    faults += text_faults(reason, "reason", longest=LONGEST_REASON, needed=needed)
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    _demand_knowing(held, said, by)
    return reason


def _demand_knowing(held: Held, said: Said, by: User) -> None:
    """Raise 400 `breaks_rules`, each named, unless it is settled knowing that the numbers together break the template's rules."""
    broken = () if said.knowing else SideBySide(held.double, by).breaches(said.terms)
    if broken:
        words = _(
            "Put together, the numbers break rules of the report; each is listed. Both sides can settle it knowing that."
        )
        faults = [Fault("knowing", "rule_broken", breach_told(one, held.sent[0].version)) for one in broken]
        raise Problem("breaks_rules", words, errors=faults)


def _told(fault: TermsFault, spec: TemplateSpec) -> Fault:
    """A fault of the rules with its words."""
    element = spec.element(spec.cell_of[fault.slot][0]) if fault.slot in spec.cell_of else None
    item = element.code if element else fault.slot
    return Fault(
        f"{fault.field}.{item}" if item else fault.field,
        fault.code,
        str(WORDS[fault.field, fault.code]) % {"item": item},
    )


def _same(settlement: Settlement, said: Said, reason: str) -> bool:
    """Whether this is what was proposed already."""
    return settlement.terms == said.terms and settlement.reason == reason


def make(held: Held, said: Said, reason: str, revisions: list[int], by: User, at: datetime.datetime) -> Settlement:
    """Write a settlement that nobody but its author agreed to yet."""
    number = held.double.settlements.count() + 1
    return Settlement.objects.create(
        double=held.double,
        number=number,
        way=said.way.value,
        taken=said.taken,
        by_slot={slot: part.stored() for slot, part in said.parts.items()},
        revisions=revisions,
        reason=reason,
        acting_id=by.acting_id or 0,
        by=by,
        at=at,
    )


def _demand_few(held: Held, way: Way, by: User, at: datetime.datetime) -> None:
    """Raise 409 `too_many` where the own organisation proposed many times today: nobody is told without end.

    What was settled is none of these, and what would take a settlement back is counted by itself: no proposal is in the way
    of deciding or taking back.
    """
    mine = held.double.settlements.filter(acting=by.acting_id, at__gt=at - A_DAY)
    mine = mine.filter(way=WayOf.RULE) if way is Way.RULE else mine.exclude(way=WayOf.RULE)
    settled = held.double.events.filter(kind__in=SETTLED).values("settlement")
    if mine.exclude(pk__in=settled).count() >= MOST_PROPOSALS:
        words = _("At most %(most)d settlements are proposed in a day by one side. The other side can propose one.")
        raise Problem("too_many", words % {"most": MOST_PROPOSALS}, 409)


def _demand_open(held: Held, settlement: Settlement) -> None:
    """Raise 409 `changed` where something else is proposed by now, or nothing."""
    if held.double.proposal_id != settlement.pk:
        words = _("This proposal is not open any more. Read what stands now.")
        raise Problem("changed", words, 409)


@transaction.atomic
def confirm_settlement(
    *, double: DoubleReport, settlement: Settlement, by: User, at: datetime.datetime
) -> DoubleReport:
    """Agree to what another side proposed; once all sides did, it counts. Confirmed twice, nothing changes.

    409 `not_yours` for one's own proposal, `expired`, `changed`, `not_open`, `sealed_party`.
    """
    held = hold(double, SETTLING)
    demand_side(by, held.double, held.sent)
    agreed = set(_agreed(settlement))
    if held.double.settlement_id == settlement.pk and by.acting_id in agreed:
        return held.double
    demand_unsealed(held)
    _demand_open(held, settlement)
    if settlement.acting_id == by.acting_id:
        raise Problem("not_yours", _("Your organisation proposed this; the other side confirms it."), 409)
    if settlement.at < at - WITHIN:
        raise Problem("expired", _("This proposal was not answered in time. It can be proposed again."), 409)
    demand_seen(held, settlement.revisions)
    if by.acting_id not in agreed:
        append(held.double, DoubleDeed.CONFIRMED, by, at, settlement=settlement)
        record(by, "confirm_settlement", held.double, settlement=settlement.pk)
    if set(held.sides) <= agreed | {by.acting_id}:
        settle(held, settlement, by, at)
    return held.double


@unwalled
def _agreed(settlement: Settlement) -> list[int | None]:
    """Which organisations agreed to a settlement, its author among them."""
    rows = settlement.double.events.filter(settlement=settlement, kind__in=AGREEING)
    return list(rows.values_list("acting", flat=True))


@transaction.atomic
def refuse_settlement(
    *, double: DoubleReport, settlement: Settlement, reason: str, by: User, at: datetime.datetime
) -> DoubleReport:
    """Refuse what another side proposed, or withdraw one's own proposal; with a reason, which both sides read."""
    held = hold(double, SETTLING)
    demand_answering(by, held.double, held.sent)
    reason = text_to_keep(reason, "reason", longest=LONGEST_REASON, needed=_("Write why; the other side reads it."))
    _demand_open(held, settlement)
    held.double.proposal = None
    held.double.state = DoubleState.OPEN if held.double.state == DoubleState.PROPOSED else held.double.state
    turn(held.double, resting(held.double, revisions_of(held.double)), proposal=None)
    append(held.double, DoubleDeed.REFUSED, by, at, settlement=settlement, text=reason)
    record(by, "refuse_settlement", held.double, settlement=settlement.pk)
    return held.double


@unwalled
def settle(held: Held, settlement: Settlement, by: User, at: datetime.datetime) -> None:
    """Let a settlement count from now on, or what was settled no more; the figures follow within seconds."""
    double, back = held.double, settlement.takes_back
    state = DoubleState.OPEN if back else DoubleState.SETTLED
    due = timezone.localdate(at) + WITHIN if back else double.due
    kept: dict[str, Any] = {"settlement": None if back else settlement, "proposal": None, "arbiter": None}
    turn(double, state, due=due, told_above=0, **kept)
    append(double, DoubleDeed.BACK if back else DoubleDeed.SETTLED, by, at, settlement=settlement)
    record(by, "settle_double_report", double, way=settlement.way, settlement=settlement.pk)
    if double.other_id is None:
        write_counted(held.keys, held.reports)
        # What two templates share is compared by the reports that count, and no report changed.
        await_attention(double.facility_id, double.period_start.isoformat())
