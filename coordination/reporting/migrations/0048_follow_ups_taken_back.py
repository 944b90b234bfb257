"""A question about a value can be taken back, which says nothing of the value."""

from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("open", "Waits for an answer"),
    ("answered", "Answered"),
    ("corrected", "Settled: corrected"),
    ("confirmed", "Settled: the value is right"),
    ("withdrawn", "Settled: taken back"),
]
DEEDS = [
    ("asked", "Asked"),
    ("answered", "Answered"),
    ("again", "Asked again"),
    ("corrected", "Settled: corrected"),
    ("confirmed", "Settled: the value is right"),
    ("withdrawn", "Settled: taken back"),
]
SETTLED, WORDS = "a_settled_follow_up_has_its_moment", "a_question_and_an_answer_have_words"


class Migration(migrations.Migration):
    """One state and one deed more, in what the database holds to."""

    dependencies = [("reporting", "0047_guards_of_corrections")]

    operations = [
        migrations.AlterField(
            "followup",
            "state",
            models.CharField(choices=STATES, default="open", max_length=10, verbose_name="state"),
        ),
        migrations.AlterField("followupword", "kind", models.CharField(choices=DEEDS, max_length=10)),
        migrations.RemoveConstraint("followup", SETTLED),
        migrations.AddConstraint(
            "followup",
            models.CheckConstraint(
                condition=Q(state__in=("open", "answered"), settled=None)
                | Q(state__in=("corrected", "confirmed", "withdrawn"), settled__isnull=False),
                name=SETTLED,
            ),
        ),
        migrations.RemoveConstraint("followupword", WORDS),
        migrations.AddConstraint(
            "followupword",
            models.CheckConstraint(
                condition=Q(kind__in=["corrected", "confirmed", "withdrawn"]) | ~Q(text=""), name=WORDS
            ),
        ),
    ]
