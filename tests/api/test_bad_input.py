"""Whatever arrives, the answer is a problem with every fault in it, and never 500."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from coordination.reporting.models import Submission
from directorates.rules.text import clean_text, has_control_characters
from tests.api.callers import BASE, Caller, body_of, found
from tests.factories import ElementFactory, published
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db

DEEP = "[" * 100_000
ADDRESSES = ("auth/token/", "submissions/")


@pytest.fixture
def scene() -> Scene:
    """An NGO, and a template that asks a number and a text."""
    elements = [ElementFactory(code="visits"), ElementFactory(code="remarks", type="text", minimum=None)]
    return Scene(version=published(elements=elements))


@pytest.fixture
def ngo(scene: Scene) -> Caller:
    """The coordinator's program."""
    return Caller(scene.coordinator)


@pytest.fixture
def naughty(shared: Path) -> list[str]:
    """The big list of naughty strings."""
    strings: list[str] = json.loads((shared / "bad-input" / "blns.json").read_text("utf-8"))
    assert len(strings) > 400
    return strings


def raw(caller: Caller, body: bytes, content_type: str = "application/json", address: str = "submissions/") -> Any:
    """Send bytes as they are."""
    headers = caller.headers | {"Idempotency-Key": "raw"}
    return caller.client.post(BASE + address, data=body, content_type=content_type, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        DEEP.encode(),
        b'"\xed\xa0\x80"',
        b'{"template": "\\ud800"}',
        b"\x00",
    ],
)
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_no_json_is_told(ngo: Caller, body: bytes, address: str) -> None:
    answer = raw(ngo, body, address=address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] in ("parse_error", "invalid")


@pytest.mark.parametrize(
    "body", [b"null", b"5", b'"x"', b"[]", b"[[[]]]", b"true", b'{"values": {}}', b'{"values": [null]}']
)
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_no_report_is_told(ngo: Caller, body: bytes, address: str) -> None:
    answer = raw(ngo, body, address=address)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"]


def test_other_kinds_of_content_are_told(ngo: Caller) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense", ""):
        assert raw(ngo, b"x=1", kind).status_code in (400, 415)
    assert raw(ngo, b" " * 1_000_001).status_code == 413
    assert ngo.get("places/", Accept="text/html").status_code in (200, 406)
    for method in ("put", "delete"):
        answer = getattr(ngo.client, method)(BASE + "submissions/", headers=ngo.headers)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_huge_list_is_refused_as_one_fault(scene: Scene, ngo: Caller) -> None:
    answer = ngo.report(body_of(scene, values=[{}] * 50_000))
    assert (answer.status_code, found(answer)) == (400, [("values", "too_many")])


VALUES: list[Any] = [
    "9" * 1000, 10**1000, -(10**20), 1e400, "NaN", "Infinity", "-Infinity", "1e5", "0x10", "1_000", True, [], {}, [[1]],
    {"a": {"b": 1}}, "\u202e12", "\x00", "1\x07", "\ud83d\ude00", "½", "1.2.3", "1,5", "--1", "٪", "1e-400", 0.1234567891,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_values_that_are_no_whole_numbers_are_told(scene: Scene, ngo: Caller, value: Any) -> None:
    body = json.dumps(body_of(scene, values=[{"element": "visits", "value": value}]), allow_nan=True)
    answer = raw(ngo, body.replace("Infinity", "1e400").encode() if isinstance(value, float) else body.encode())
    if answer.status_code == 201:
        assert value == "\u202e12", "the override is dropped, the number stays"
    else:
        assert answer.status_code == 400
        assert [field for field, _code in found(answer)] == ["values[0].value"]


PARTS: list[Any] = [
    None,
    "",
    5,
    5.5,
    True,
    [],
    {},
    ["visits"],
    "x" * 100_000,
    "\x00",
    "\u202e",
    "%s%n",
    "{left}",
    "\ud83d",
]


@pytest.mark.parametrize("part", ["element", "category", "state", "reason"])
@pytest.mark.parametrize("given", PARTS)
def test_parts_of_answers_of_any_kind_are_kept_or_told(scene: Scene, ngo: Caller, part: str, given: Any) -> None:
    value: dict[str, Any] = {"element": "visits", "value": 1} | {part: given}
    answer = ngo.report(body_of(scene, values=[value]))
    assert answer.status_code in (201, 400)
    if answer.status_code == 400 and answer.json()["code"] == "invalid":
        assert all(field.startswith("values[0]") for field, _code in found(answer))


@pytest.mark.parametrize("name", ["template", "facility", "period", "reporter", "values", "submit"])
@pytest.mark.parametrize("given", PARTS)
def test_parts_of_reports_of_any_kind_are_told(scene: Scene, ngo: Caller, name: str, given: Any) -> None:
    answer = ngo.report(body_of(scene, **{name: given}))
    assert answer.status_code in (201, 400)
    assert answer.status_code == 400 or name in ("submit", "values")


def test_naughty_strings_are_told_as_codes(scene: Scene, ngo: Caller, naughty: list[str]) -> None:
    addresses = itertools.cycle(("facilities/", "submissions/", "reports-due/", "places/", "organisations/"))
    for text, address in zip(naughty, addresses, strict=False):
        body = dict.fromkeys(("template", "facility", "period", "reporter"), text)
        value = {"element": text, "category": text, "value": text, "state": text}
        answer = ngo.report(body | {"values": [value], "submit": True})
        assert answer.status_code == 400, text
        assert {"template", "facility", "period", "reporter"} <= {field for field, _code in found(answer)}, text
        names = ("place", "period", "status", "kind", "under", "page", "page_size", "level", "type")
        assert ngo.get(address, dict.fromkeys(names, text)).status_code in (200, 400), (address, text)


def test_naughty_strings_are_kept_as_texts_and_reasons_and_come_back_clean(naughty: list[str]) -> None:
    many = 50
    elements = [ElementFactory(code=f"remarks_{number}", type="text", minimum=None) for number in range(many)]
    scene = Scene(version=published(elements=elements))
    ngo = Caller(scene.coordinator)
    address = ngo.report(body_of(scene, values=[], submit=False)).headers["Location"]
    typed = [text for text in naughty if not has_control_characters(text) and clean_text(text, multiline=True)]
    for first in range(0, len(typed), many):
        texts = typed[first : first + many]
        given = [{"element": f"remarks_{n}", "value": text, "reason": text} for n, text in enumerate(texts)]
        answer = ngo.patch(address, {"values": given}, If_Match="*")
        assert answer.status_code == 200, answer.content
        kept = [(value["value"], value["reason"]) for value in answer.json()["values"]][: len(texts)]
        assert kept == [(clean_text(text, multiline=True),) * 2 for text in texts]


def test_naughty_strings_that_nobody_can_type_are_told_one_by_one(
    scene: Scene, ngo: Caller, naughty: list[str]
) -> None:
    invisible = [text for text in naughty if has_control_characters(text)]
    assert invisible
    for text in invisible:
        value = {"element": "remarks", "value": text, "reason": text}
        answer = ngo.report(body_of(scene, values=[value]))
        told = {("values[0].value", "control_characters"), ("values[0].reason", "control_characters")}
        assert told <= set(found(answer)), text


def test_naughty_strings_are_kept_as_reasons_of_reviews(scene: Scene, ngo: Caller, naughty: list[str]) -> None:
    created = ngo.report(body_of(scene, values=[{"element": "visits", "value": 1}]))
    address, office = created.headers["Location"], Caller(scene.officer)
    for text in naughty[::7]:
        answer = office.post(address + "send-back/", {"reason": text})
        if answer.status_code == 400:
            assert found(answer) == [("reason", "required")], text
            continue
        assert answer.json()["history"][-1]["note"] == clean_text(text, multiline=True)
        assert ngo.post(address + "submit/").status_code == 200
    assert Submission.objects.count() == 1


def test_naughty_strings_are_wrong_passwords_and_keys(naughty: list[str]) -> None:
    for text in naughty[::5]:
        caller = Caller()
        caller.client.defaults["REMOTE_ADDR"] = f"192.0.2.{hash(text) % 250}"
        answer = caller.post("auth/token/", {"email": text, "password": text})
        assert answer.status_code in (400, 429), text


@pytest.mark.parametrize("body", [b"[]", b"0", b"false", b'""', b'"x"'])
def test_a_body_that_is_no_object_approves_nothing(scene: Scene, body: bytes) -> None:
    report = scene.sent()
    answer = raw(Caller(scene.officer), body, address=f"submissions/{report.pk}/approve/")
    assert answer.status_code == 400
    report.refresh_from_db()
    assert report.status == "submitted"


def test_options_is_answered_and_never_500(ngo: Caller) -> None:
    for address in ("submissions/", "facilities/", "consolidations/"):
        assert ngo.client.options(BASE + address, headers=ngo.headers).status_code in (200, 405)


@pytest.mark.parametrize("path", ["nothing", "submissions/a%0Ab", "%0A", "a%0A/b"])
def test_an_address_where_nothing_is_answers_with_a_problem_whatever_it_holds(ngo: Caller, path: str) -> None:
    answer = ngo.get(f"{BASE}{path}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"
