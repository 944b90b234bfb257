"""Words for invented names: plants, because few places of care are named after them; none stands for a real facility."""

from facilities.models.facilities import FacilityType

PLANTS: tuple[tuple[str, str], ...] = (
    ("الخزامى", "Al-Khuzama"),
    ("الزعتر", "Al-Zaatar"),
    ("السنديان", "Al-Sindyan"),
    ("النرجس", "Al-Narjis"),
    ("الأقحوان", "Al-Uqhuwan"),
    ("الصفصاف", "Al-Safsaf"),
    ("السرو", "Al-Sarw"),
    ("الحبق", "Al-Habaq"),
    ("الدفلى", "Al-Difla"),
    ("البنفسج", "Al-Banafsaj"),
    ("الرمان", "Al-Rumman"),
    ("اللوز", "Al-Lawz"),
    ("الكرز", "Al-Karaz"),
    ("الزيزفون", "Al-Zayzafun"),
    ("السوسن", "Al-Sawsan"),
    ("الغار", "Al-Ghar"),
    ("الصنوبر", "Al-Sanawbar"),
    ("الحور", "Al-Hawr"),
    ("التوت", "Al-Tut"),
    ("المشمش", "Al-Mishmish"),
    ("السماق", "Al-Summaq"),
    ("البطم", "Al-Butm"),
    ("الخروب", "Al-Kharrub"),
    ("الإكليل", "Al-Iklil"),
    ("القرنفل", "Al-Qaranful"),
    ("الجوز", "Al-Jawz"),
    ("السفرجل", "Al-Safarjal"),
    ("العناب", "Al-Unnab"),
    ("الحنطة", "Al-Hinta"),
    ("الكتان", "Al-Kattan"),
    ("اليانسون", "Al-Yansun"),
    ("الشيح", "Al-Shih"),
    ("الزعفران", "Al-Zafaran"),
    ("الليلك", "Al-Laylak"),
    ("الأرز", "Al-Arz"),
    ("البلوط", "Al-Ballut"),
    ("الدراق", "Al-Durraq"),
    ("النعناع", "Al-Nana"),
    ("الآس", "Al-As"),
    ("السمسم", "Al-Simsim"),
)

FORMS: dict[FacilityType, tuple[str, str]] = {
    FacilityType.HOSPITAL: ("مشفى {ar}", "{en} Hospital"),
    FacilityType.HEALTH_CENTRE: ("مركز {ar} الصحي", "{en} Health Centre"),
    FacilityType.MOBILE_CLINIC: ("عيادة {ar} المتنقلة", "{en} Mobile Clinic"),
    FacilityType.MEDICAL_POINT: ("نقطة {ar} الطبية", "{en} Medical Point"),
}
LETTERS = {
    FacilityType.HOSPITAL: "H",
    FacilityType.HEALTH_CENTRE: "C",
    FacilityType.MOBILE_CLINIC: "M",
    FacilityType.MEDICAL_POINT: "P",
}


def names(type: FacilityType, number: int) -> tuple[str, str]:  # noqa: A002 - a facility's type
    """The Arabic and English name of the number-th facility of a type; after forty they carry a second number."""
    arabic, english = PLANTS[number % len(PLANTS)]
    again = number // len(PLANTS)
    tail = f" {again + 1}" if again else ""
    form_ar, form_en = FORMS[type]
    return form_ar.format(ar=arabic) + tail, form_en.format(en=english) + tail
