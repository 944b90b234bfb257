"""Passwords: length counts, no rules of composition, nothing that everyone tries first (ASVS 5.0 V6)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from directorates.models import User
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
SOMEONE = User(email="samira.haddad@example.org", name="Samira Haddad")


@pytest.mark.parametrize(
    "password",
    [
        "seven green buses",
        "ثلاثة جمال تحت المطر",
        "847362518495",
        "x" * 3 + "qyzvbnm plkj" * 10,
        "🐪🐪🐪 waits at noon",
    ],
)
def test_what_is_long_and_unknown_is_taken_without_rules_of_composition(password: str) -> None:
    validate_password(password, SOMEONE)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short one", "password_too_short"),
        ("x y" * 100, "password_too_long"),
        ("qwertyuiop123", "password_too_common"),
        ("Tansiq-2026!!", "password_of_the_house"),
        ("مديرية صحة إدلب", "password_of_the_house"),
        ("uossm-uossm-2026", "password_of_the_house"),
        ("samira.haddad1", "password_too_similar"),
    ],
)
def test_what_is_short_common_or_of_the_house_is_refused(password: str, code: str) -> None:
    OrganisationFactory(code="uossm", name_en="UOSSM", name_ar="أوسوم")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, SOMEONE)
    assert code in [error.code for error in refused.value.error_list]
