"""Names in both languages, as every answer gives them."""

from typing import Any

from rest_framework import serializers


class NameSerializer(serializers.Serializer[Any]):
    """`{"ar", "en"}`."""

    ar = serializers.CharField(source="name_ar")
    en = serializers.CharField(source="name_en")


def named(**settings: Any) -> NameSerializer:
    """A name, read from the thing itself."""
    return NameSerializer(source="*", read_only=True, **settings)
