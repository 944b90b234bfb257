"""Background work of the project itself."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from coordination.health import WORKER_KEY, WORKER_SECONDS
from coordination.job_kinds import KINDS
from directorates.foundation import jobs
from directorates.foundation.jobs import clock
from directorates.foundation.models import Job


@shared_task(name="coordination.alive")
def alive() -> None:
    """Show that a worker takes tasks; scheduled every fifteen seconds."""
    cache.set(WORKER_KEY, 1, timeout=WORKER_SECONDS)


@shared_task(name=jobs.RUN)
def run_job(job_id: int) -> bool:
    """Do a job that someone asked for."""
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    return kind in KINDS and jobs.run(job_id, KINDS[kind])


@shared_task(name="coordination.resume_jobs")
def resume_jobs() -> int:
    """Take up jobs again whose worker was killed; scheduled every fifteen seconds."""
    return jobs.resume(at=clock(), kinds=KINDS)


@shared_task(name="coordination.forget_files")
def forget_files() -> int:
    """Delete files whose time is over; scheduled each hour."""
    return jobs.forget_files(at=timezone.now())
