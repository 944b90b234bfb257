"""By what the content of a bulletin is known: the SHA-256 over its texts, its layout and the hashes of its editions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from coordination.reporting.rules.edition_inputs import canonical, sha256


@dataclass(frozen=True)
class PartSaid:
    """A part of the layout as it is signed."""

    kind: str
    heading_ar: str
    heading_en: str
    text_ar: str
    text_en: str
    template: str
    element: str
    level: int
    categories: bool
    indicator: str = ""


@dataclass(frozen=True)
class Content:
    """All that is signed: a draft that is changed in any of it has another hash, and falls out of every signature."""

    series: str
    period: str
    corrects: str
    parts: Sequence[PartSaid]
    # Of each report: its code, the hash of the inputs and that of the figures.
    editions: Sequence[tuple[str, str, str]]
    signers: Sequence[str]
    # Of charts over time: report, period and both hashes of each edition of an earlier period.
    behind: Sequence[tuple[str, str, str, str]] = ()
    # The hash of the indicators' values, formulas and populations.
    indicators: str = ""

    @property
    def digest(self) -> str:
        """The hash."""
        told = asdict(self) | {"editions": sorted(self.editions), "signers": sorted(self.signers)}
        told["behind"] = sorted(self.behind)
        # Bulletins that were signed before any of this stood in it keep their hash.
        for name in ("behind", "indicators"):
            if not told[name]:
                del told[name]
        for part in told["parts"]:
            if not part["indicator"]:
                del part["indicator"]
        return sha256(canonical(told))
