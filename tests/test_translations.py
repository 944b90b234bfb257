"""The Arabic catalogue: nothing is missing, and what stands in it keeps the words and the forms of the house."""

import csv
import datetime
import re
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command
from django.utils import formats, translation
from django.utils.translation import gettext, ngettext, pgettext

from coordination import catalogues
from coordination.formats import borrowed, dates
from directorates.foundation.administration import site

ARABIC_LETTER = re.compile("[\u0621-\u064a]")
CODE = """from django.utils.translation import gettext as _, ngettext, pgettext
_("Save")
pgettext("facility", "Closed")
ngettext("%(count)d report", "%(count)d reports", 2)
"""
PAGE = """{% load i18n %}{% translate "Home" %}
{% blocktranslate trimmed with name=facility.name %}
  Report of {{ name }}
{% endblocktranslate %}
"""
ARABIC: dict[tuple[str | None, str], str | list[str]] = {
    (None, "Save"): "حفظ",
    ("facility", "Closed"): "مغلقة",
    (None, "%(count)d report"): [
        "لا تقارير",
        "تقرير واحد",
        "تقريران",
        "%(count)d تقارير",
        "%(count)d تقريرًا",
        "%(count)d تقرير",
    ],
    (None, "Home"): "الرئيسية",
    (None, "Report of %(name)s"): "تقرير من: %(name)s",
}
# What a number needs: the form for none, one, two, 3-10, 11-99, and for 100-102, 1000 and their like.
FORMS = {
    0: "لا تقارير متأخرة",
    1: "تقرير واحد متأخر",
    2: "تقريران متأخران",
    3: "3 تقارير متأخرة",
    10: "10 تقارير متأخرة",
    11: "11 تقريرًا متأخرًا",
    99: "99 تقريرًا متأخرًا",
    100: "100 تقرير متأخر",
    102: "102 تقرير متأخر",
    103: "103 تقارير متأخرة",
    111: "111 تقريرًا متأخرًا",
    1000: "1000 تقرير متأخر",
}
WORDS = [
    ("facility", "Closed", "مغلقة"),
    ("facility", "Destroyed", "مدمَّرة"),
    ("facility", "Partially functioning", "تعمل جزئيًا"),
    ("report", "Approved", "معتمَد"),
    ("report", "Submitted", "مُرسَل"),
    ("report", "Sent back", "مُعاد للتصحيح"),
    ("report", "Overdue", "متأخر"),
    ("report", "Reopened", "أُعيد فتحه"),
    ("report", "Set aside", "مستبعَد"),
    ("organisation", "Suspended", "معلَّقة"),
    ("organisation", "Dissolved", "منحلّة"),
    ("rule", "Error", "خطأ"),
    ("rule", "Warning", "تنبيه"),
    ("rule", "Alert", "إنذار"),
    ("version", "Published", "منشور"),
    ("room", "Facilities", "المنشآت"),
    ("answer", "Not known", "غير معروف"),
    ("answer", "Service not provided", "الخدمة متوقفة"),
    ("role", "Data officer", "شؤون البيانات"),
    ("role", "NGO coordinator", "تنسيق المنظمة"),
    ("role", "Administrator", "إدارة النظام"),
    (None, "Save", "حفظ"),
    (None, "Approve", "اعتماد"),
    (None, "Send back", "إعادة للتصحيح"),
    (None, "Reopen", "إعادة فتح"),
    (None, "Undo", "تراجع"),
    (None, "Check and send", "التحقق والإرسال"),
    (None, "Sub-district", "الناحية"),
    (None, "District", "المنطقة"),
    (None, "Hospital", "مشفى"),
    (None, "receipt number", "رقم الإشعار"),
    (None, "validation rule", "قاعدة تحقق"),
    (None, "consolidated figures", "أرقام مجمَّعة"),
    (None, "Who can see this?", "من يستطيع الاطلاع على هذا؟"),
    (None, "This field is required.", "هذا البند مطلوب."),
    (None, "Enter a whole number.", "المطلوب عدد صحيح بلا كسور، مثل 12."),
]
LEVANTINE = [
    *("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"),
    *("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
]


class Sources:
    """A small project of its own: one module, one page, and their Arabic."""

    def __init__(self, root: Path) -> None:
        """Write it, with nothing wrong."""
        self.root = root
        for folder in ("directorates", "templates", "locale/ar/LC_MESSAGES"):
            (root / folder).mkdir(parents=True)
        (root / "directorates" / "words.py").write_text(CODE, encoding="utf-8")
        (root / "templates" / "home.html").write_text(PAGE, encoding="utf-8")
        (root / "locale" / "alike.txt").write_text("DHIS2\n", encoding="utf-8")
        catalogues.update(root)
        for (context, text), arabic in ARABIC.items():
            self.say(text, arabic, context)

    def say(self, text: str, arabic: str | list[str], context: str | None = None, flags: tuple[str, ...] = ()) -> None:
        """Write the Arabic of one text."""
        catalogue = catalogues.load(self.root)
        entry = self.entry(catalogue, text, context)
        if isinstance(arabic, list):
            entry.msgstr_plural = dict(enumerate(arabic))
        else:
            entry.msgstr = arabic
        entry.flags += flags
        catalogue.save(str(self.root / catalogues.CATALOGUE))

    def add(self, code: str) -> None:
        """Write another line of code."""
        with (self.root / "directorates" / "words.py").open("a", encoding="utf-8") as file:
            file.write(f"{code}\n")

    @staticmethod
    def entry(catalogue: polib.POFile, text: str, context: str | None) -> polib.POEntry:
        """The one entry of a text in its context."""
        (found,) = [entry for entry in catalogue if (entry.msgctxt, entry.msgid) == (context, text)]
        return found

    def faults(self) -> list[str]:
        """What the check says."""
        return catalogues.faults(self.root)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A small project whose Arabic is in order."""
    return Sources(tmp_path)


def test_every_text_of_the_portal_has_its_arabic() -> None:
    assert catalogues.faults(catalogues.project_root()) == []


def test_the_check_passes_where_everything_is_in_order(sources: Sources) -> None:
    assert sources.faults() == []


def test_texts_of_code_and_of_pages_are_gathered(sources: Sources) -> None:
    assert set(catalogues.gather(sources.root)) == set(ARABIC)


def test_a_text_that_is_not_in_the_catalogue_is_found(sources: Sources) -> None:
    sources.add('_("Send")')
    assert sources.faults() == ["directorates/words.py: not in the catalogue: “Send”"]


def test_a_text_that_nobody_says_any_more_is_found(sources: Sources) -> None:
    (sources.root / "templates" / "home.html").unlink()
    assert len(sources.faults()) == 2
    assert "in the catalogue, used nowhere: “Home”" in sources.faults()


def test_a_text_without_arabic_is_found(sources: Sources) -> None:
    sources.say("Save", "")
    assert sources.faults() == ["untranslated: “Save”"]


def test_the_same_words_in_another_context_need_arabic_of_their_own(sources: Sources) -> None:
    sources.add('pgettext("ballot", "Closed")')
    catalogues.update(sources.root)
    assert sources.faults() == ["untranslated: “Closed”"]


def test_a_count_with_a_form_missing_is_found(sources: Sources) -> None:
    for forms in (["لا تقارير", "تقرير واحد", "تقريران"], ["أ", "ب", "ج", "", "د", "ه"]):
        sources.say("%(count)d report", forms)
        assert sources.faults() == ["untranslated: “%(count)d report”"]


def test_a_doubtful_text_is_found(sources: Sources) -> None:
    sources.say("Save", "حفظ", flags=("fuzzy",))
    assert sources.faults() == ["marked as doubtful: “Save”"]


def test_english_in_place_of_arabic_is_found_except_for_names(sources: Sources) -> None:
    sources.say("Save", "Save")
    sources.add('_("DHIS2")')
    catalogues.update(sources.root)
    sources.say("DHIS2", "DHIS2")
    assert sources.faults() == ["the same in both languages, and not in locale/alike.txt: “Save”"]


@pytest.mark.parametrize("arabic", ["تقرير", "تقرير من: %(place)s", "تقرير من: %(name)s، %(place)s"])
def test_a_placeholder_that_is_lost_or_invented_is_found(sources: Sources, arabic: str) -> None:
    sources.say("Report of %(name)s", arabic)
    assert sources.faults() == [f"placeholders differ: “Report of %(name)s” / {arabic}"]


def test_none_one_and_two_may_be_said_without_the_number_but_three_may_not(sources: Sources) -> None:
    forms = [*ARABIC[None, "%(count)d report"]]
    forms[3] = "تقارير"
    sources.say("%(count)d report", forms)
    assert sources.faults() == ["placeholders differ: “%(count)d report” / تقارير"]


@pytest.mark.parametrize(
    ("arabic", "told"),
    [
        ("عذرًا، لم يُحفظ", "an apology"),
        ("حُفظ!", "an exclamation mark"),
        ("تم الحفظ", "padding"),
        ("قام بالحفظ", "padding"),
        ("حُفظ في يناير", "another region's month"),
        ("\u202bحفظ\u202c", "a direction override"),
        ("حفـظ", "a tatweel"),
        ("حُفظ في ١٤", "digits other than 0-9"),
        ("حفظ, ثم إرسال", "a Latin comma or question mark after an Arabic letter"),
        ("حفظ?", "a Latin comma or question mark after an Arabic letter"),
    ],
)
def test_what_an_arabic_page_never_says_is_found(sources: Sources, arabic: str, told: str) -> None:
    sources.say("Save", arabic)
    assert sources.faults() == [f"{told} in the Arabic of “Save”: {arabic}"]


def test_bringing_the_catalogue_up_to_date_keeps_what_was_translated(sources: Sources) -> None:
    sources.add('_("Send")')
    assert catalogues.update(sources.root) == (len(ARABIC) + 1, 1)
    sources.say("Send", "إرسال")
    assert sources.faults() == []


def test_the_command_fails_on_a_fault_and_lists_it(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "project_root", lambda: sources.root)
    call_command("check_translations")
    sources.say("Save", "")
    with pytest.raises(CommandError, match="untranslated: “Save”"):
        call_command("check_translations")


def test_a_number_takes_the_form_that_it_needs(sources: Sources) -> None:
    counted = [f"%(count)d {words}" for words in ("تقارير متأخرة", "تقريرًا متأخرًا", "تقرير متأخر")]
    sources.say("%(count)d report", [FORMS[0], FORMS[1], FORMS[2], *counted])
    catalogues.compile_all(sources.root)
    with (sources.root / catalogues.CATALOGUE).with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for count, words in FORMS.items():
        assert compiled.ngettext("%(count)d report", "%(count)d reports", count) % {"count": count} == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "لم يُعتمَد أي تقرير."),
        (1, "اعتُمد تقرير واحد."),
        (2, "اعتُمد تقريران."),
        (3, "اعتُمدت 3 تقارير."),
        (11, "اعتُمد 11 تقريرًا."),
        (100, "اعتُمد 100 تقرير."),
        (102, "اعتُمد 102 تقرير."),
        (1000, "اعتُمد 1000 تقرير."),
    ],
)
def test_the_running_catalogue_counts_in_six_forms(count: int, words: str) -> None:
    with translation.override("ar"):
        said = ngettext("%(count)d report approved.", "%(count)d reports approved.", count)
        assert said % {"count": count} == words


def test_every_count_of_the_portal_has_six_forms_of_its_own_language() -> None:
    for entry in catalogues.load(catalogues.project_root()):
        if entry.msgid_plural:
            assert sorted(entry.msgstr_plural) == list(range(6)), entry.msgid
            assert all(entry.msgstr_plural.values()), entry.msgid


@pytest.mark.parametrize(("context", "english", "arabic"), WORDS)
def test_key_words_are_those_of_the_glossary(context: str | None, english: str, arabic: str) -> None:
    with translation.override("ar"):
        assert (pgettext(context, english) if context else gettext(english)) == arabic


def test_buttons_and_messages_give_no_orders() -> None:
    orders = {"أدخل", "اختر", "اضغط", "انقر", "أرسل", "احفظ", "تحقق", "حاول", "اكتب", "راجع", "صحح", "أعد", "قم"}
    for entry in catalogues.load(catalogues.project_root()):
        first = (entry.msgstr or entry.msgstr_plural.get(1, "")).split(" ")[0].strip(".،:")
        assert first not in orders, entry.msgid


def test_no_preposition_leans_on_a_name() -> None:
    for entry in catalogues.load(catalogues.project_root()):
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert not any(f" {letter}%(" in f" {said}" for letter in "لبكفو"), entry.msgid


def test_isolates_are_closed_where_they_were_opened() -> None:
    for entry in catalogues.load(catalogues.project_root()):
        for said in [entry.msgstr, *entry.msgstr_plural.values()]:
            opened = said.count("\u2066") + said.count("\u2068")
            assert opened == said.count("\u2069"), entry.msgid


def test_djangos_own_months_and_messages_speak_as_we_do() -> None:
    with translation.override("ar"):
        for number, name in enumerate(LEVANTINE, 1):
            day = datetime.date(2019, number, 7)
            assert formats.date_format(day, "j F Y") == f"7 {name} 2019"
            assert str(dates.MONTHS[number - 1]) == name
        for said in (*borrowed.FIELDS, *borrowed.PASSWORDS):
            if isinstance(said, str):
                assert gettext(said) != said
                assert "تم " not in gettext(said)


def test_every_heading_of_the_technical_administration_is_arabic() -> None:
    with translation.override("ar"):
        for model, window in site._registry.items():
            for name in {*window.list_display, *(window.fields or ())}:
                heading = str(model._meta.get_field(str(name)).verbose_name)  # type: ignore[union-attr]
                assert ARABIC_LETTER.search(heading), f"{model._meta.label}.{name}: {heading}"


def test_places_are_named_as_the_glossary_names_them() -> None:
    with (catalogues.project_root() / "directorates/data/places/syr_pcodes.csv").open(encoding="utf-8") as file:
        names = {row["pcode"]: row["name_ar"] for row in csv.DictReader(file)}
    assert names["SY07"] == "إدلب"
    assert names["SY02"] == "حلب"


# Days there are words of their own (`5 أيار`), or years; they are no dates in digits.
WORDED = frozenset(
    {
        *("coordination/formats/dates.py", "coordination/meetings/zones.py", "coordination/feed.py"),
        *("policies/actions/pdf_parts.py", "coordination/reporting/views/map_drawings.py"),
        *("coordination/reporting/rules/messages.py", "coordination/reporting/actions/bulletin_paper.py"),
    }
)


def test_days_in_digits_stand_apart_from_the_direction_of_arabic_sentences() -> None:
    bare = re.compile("(?<![\u2066\u2068])%\\((?:day|since|until|first|last)\\)s(?!\u2069)")
    lacking = []
    for entry in polib.pofile(str(catalogues.CATALOGUE)):
        places = {place for place, _line in entry.occurrences}
        # Templates isolate what they are given, or write the day in words.
        if places and all(place.endswith(".py") for place in places) and not places & WORDED:
            texts = [entry.msgstr, *entry.msgstr_plural.values()]
            lacking += [text for text in texts if bare.search(text)]
    assert lacking == []
