"""A clock for processes that a test starts: it can be put ahead and back while they run, and nobody else's with it.

The kernel has one wall clock, and only its owner may set it. What these processes ask the C library for the time is
answered here, shifted by so many seconds as the test says; the monotonic clock goes on as ever, as it does where a real one is set.
"""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

ANSWERS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile const long long *seconds;

__attribute__((constructor)) static void begin(void) {
    int file = open(getenv("TEST_CLOCK"), O_RDONLY);
    void *held = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
    if (held == MAP_FAILED) abort();
    seconds = held;
}

int clock_gettime(clockid_t which, struct timespec *told) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(which, told);
    if (!done && seconds && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) told->tv_sec += *seconds;
    return done;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *told, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    told->tv_sec = now.tv_sec;
    told->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""


class Clock:
    """How many seconds the clock of some processes is ahead; skipped where no compiler makes what answers them."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler: the clock of a process is not ours to shift")
        self.shift, self.answers = folder / "shift", folder / "clock.so"
        self.shift.write_bytes(struct.pack("q", 0))
        command = [compiler, "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(self.answers), "-ldl"]
        subprocess.run(command, input=ANSWERS, text=True, check=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a process is told, so that it has this clock."""
        return {"LD_PRELOAD": str(self.answers), "TEST_CLOCK": str(self.shift)}

    def put(self, seconds: int) -> None:
        """Put it ahead of the real one by so many seconds, for all who have it, at once."""
        with self.shift.open("r+b") as file, mmap.mmap(file.fileno(), 8) as held:
            held[:] = struct.pack("q", seconds)
