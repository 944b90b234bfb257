"""Who reads what of the surveillance unit's data by agreement, and what it has offered."""

import datetime as dt

from coordination.demonstration.people import Cast
from directorates.actions.sharing import accept_sharing, offer_sharing, read_by_agreement
from directorates.models import Dataset, Organisation, User
from directorates.models.sharing import SharingLevel

YEAR = dt.timedelta(days=365)
BULLETIN = "النشرة الأسبوعية للترصد وتنسيق الاستجابة بين المحافظات"
RESPONSE = "متابعة الإنذارات في المناطق المجاورة والاستعداد لها"
VISIT = "التخطيط المشترك لزيارات فرق الاستجابة"


def share(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Close EWARN's data and agree on them with those who use them; what is offered to Aleppo waits for an answer."""
    giver = cast.surveillance
    for dataset in Dataset.objects.in_custody_of(giver.acting_id):
        read_by_agreement(dataset=dataset, only=True, by=giver, at=now)
        offers: tuple[tuple[str, SharingLevel, str, User | None], ...] = (
            ("body", SharingLevel.DOCUMENTS, BULLETIN, cast.administrator),
            ("cluster", SharingLevel.EDITIONS, BULLETIN, cast.agrees("cluster")),
            ("moh", SharingLevel.TOTALS, BULLETIN, cast.agrees("moh")),
            ("idlib", SharingLevel.TOTALS, RESPONSE, cast.director("idlib")),
            ("aleppo", SharingLevel.FACILITIES, VISIT, None),
        )
        for code, level, purpose, accepts in offers:
            agreement = offer_sharing(
                dataset=dataset,
                recipient=Organisation.objects.get(code=code),
                level=level,
                places=[],
                purpose=purpose,
                first=today,
                last=today + YEAR,
                by=giver,
                at=now,
            )
            if accepts is not None:
                accept_sharing(agreement=agreement, by=accepts, at=now)
