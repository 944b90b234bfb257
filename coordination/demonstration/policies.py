"""The policies of the demonstration: one that holds, with the version before it, and one that is being written."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from coordination.demonstration.people import Cast
from directorates.models import Organisation
from policies.actions.body_members import join_body
from policies.actions.pictures import add_picture
from policies.actions.policies import begin_policy
from policies.actions.sections import keep_section
from policies.actions.versions import begin_version, bring_into_force
from policies.models import PolicyVersion

DATA = Path(__file__).parent / "data"
TEXTS = DATA / "policies.yaml"
BASIS = "للعرض التجريبي"


def enter_members(cast: Cast, now: dt.datetime) -> None:
    """All directorates of the demonstration are members of the body from its first day on, or from their own where it is later.

    Those that an upgrade entered in a demonstration that was half loaded stay as they are.
    """
    body = Organisation.objects.get(kind="body")
    begun = min(one.first_day for one in body.names.all() if one.first_day is not None)
    joining: dict[dt.date, list[Organisation]] = {}
    rows = Organisation.objects.active().filter(kind="directorate", body_memberships=None).order_by("code")
    for one in rows.prefetch_related("names"):
        known = [name.first_day for name in one.names.all() if name.first_day is not None]
        joining.setdefault(max(begun, min(known, default=begun)), []).append(one)
    for since, directorates in joining.items():
        join_body(directorates=directorates, since=since, basis=BASIS, by=cast.administrator, at=now)


def keep_policies(cast: Cast, now: dt.datetime) -> None:
    """Begin each policy, write its versions, and bring those into force that have days."""
    by = cast.policies
    for held in yaml.safe_load(TEXTS.read_text(encoding="utf-8")):
        versions = held.pop("versions")
        version = begin_policy(**held, by=by, at=_moment(versions[0], now))
        for number, said in enumerate(versions):
            at = _moment(said, now)
            version = begin_version(policy=version.policy, by=by, at=at) if number else version
            _draw(version, said.get("pictures", ()), cast, at)
            _write(version, said["sections"], cast, at)
            if "since" in said:
                days = {name: said[name] for name in ("adopted", "since", "basis")}
                bring_into_force(version=version, seen=_edition(version), by=by, at=at, **days)


def _moment(version: dict[str, Any], now: dt.datetime) -> dt.datetime:
    """When a version is written: on its first day, for until then the one before held; a draft now."""
    return timezone.make_aware(dt.datetime.combine(version["since"], dt.time(9))) if "since" in version else now


def _draw(version: PolicyVersion, pictures: Iterable[dict[str, str]], cast: Cast, now: dt.datetime) -> None:
    """Add the pictures of a draft, which its sections show."""
    for said in pictures:
        words, name = {one: said[one] for one in ("words_ar", "words_en")}, said["file"]
        add_picture(version=version, name=name, content=(DATA / name).read_bytes(), by=cast.policies, at=now, **words)


def _write(version: PolicyVersion, sections: list[dict[str, Any]], cast: Cast, now: dt.datetime) -> None:
    """Write the sections of a draft; those that it took along from the version before are written anew."""
    there = {section.heading_en: section for section in version.sections.all()}
    for said in sections:
        section = there.get(said["heading_en"])
        keep_section(version=version, section=section, by=cast.policies, at=now, **said)


def _edition(version: PolicyVersion) -> int:
    """The edition of a draft as it is now."""
    version.refresh_from_db(fields=["edition"])
    return version.edition
