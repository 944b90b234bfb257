"""The unified logo of the demonstration, an invented one: a first version, and the one that is in force."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from django.utils import timezone

from coordination.demonstration.people import Cast
from policies.actions.branding import Said, keep_branding
from policies.models import PolicyVersion

LOGO = Path(__file__).parent / "data" / "logo.svg"
RULES = "- يُطبع على أرضية بيضاء.\n- لا تُغيَّر ألوانه ولا نِسَبه.\n- لا يُستعمل في أوراق شخصية."
RULES_EN = "- Print it on a white ground.\n- Change neither its colours nor its proportions.\n- Do not use it on private papers."


def keep_stationery(cast: Cast, now: dt.datetime) -> None:
    """Keep the first logo with its years, and the present one from the first day of this year, as an adopted text decided."""
    drawn, year = LOGO.read_bytes(), timezone.localdate(now).year
    for since, content in (
        (dt.date(2017, 10, 1), drawn.replace(b"#14507a", b"#333333")),
        (dt.date(year, 1, 1), drawn),
    ):
        at = timezone.make_aware(dt.datetime.combine(since, dt.time(9)))
        said = Said("logo", "", "الشعار الموحد", "The unified logo", RULES, RULES_EN, "اجتماع الجسم التنسيقي", since)
        said = replace(said, rests_on=PolicyVersion.objects.at(since).filter(policy__code="unified-logo").first())
        keep_branding(said=said, files=[("logo.svg", content)], by=cast.policies, at=at)
