"""A password hash for tests."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """One round of the portal's second hash, so that hundreds of test accounts cost nothing."""

    iterations = 1
