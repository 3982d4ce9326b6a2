"""What the pages keep of their own: uploads on their way to becoming an import, and what the clock could not do."""

from __future__ import annotations

from django.db import models

from fairlead.people.models import public_id


class Upload(models.Model):
    """Files somebody sent, until they are imported or thrown away: what was decided about them, what came of it.

    The files lie under a random name and are removed at the end; this row stays, as the import's trail.
    """

    WAITING, TRYING, TRIED, TAKING, DONE, REFUSED = "waiting", "trying", "tried", "taking", "done", "refused"
    STATES = (WAITING, TRYING, TRIED, TAKING, DONE, REFUSED)

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    source = models.CharField(max_length=40)
    file = models.CharField(max_length=80, blank=True, help_text="The random name; empty once removed.")
    names = models.JSONField(default=list, help_text="The files' own names.")
    size = models.BigIntegerField(default=0)
    shows_on = models.DateField(help_text="The day whose end the files show.")
    full = models.BooleanField(default=False)
    mapping = models.TextField(blank=True, help_text="TOML")
    categories = models.JSONField(default=dict, help_text="stage -> category for stages not mapped yet")
    below = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Unknown owners become reps who report to this person.",
    )
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default=WAITING)
    phase = models.CharField(max_length=80, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    report = models.JSONField(default=dict)
    run = models.ForeignKey("deals.Import", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="uploads_by_state")]

    @property
    def busy(self) -> bool:
        """Whether a job is at work on it."""
        return self.state in (self.TRYING, self.TAKING)


class Watch(models.Model):
    """A part of what time alone brings about that failed at least once: how often in a row, and by what."""

    what = models.CharField(max_length=80, unique=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row; 0 since it was done.")
    since = models.DateTimeField(help_text="The first of them.")
    last = models.DateTimeField(help_text="The last of them.")
    problem = models.CharField(max_length=80, blank=True, help_text="Its kind, never its words.")
