#!/usr/bin/env python3
"""Django's command line; `./portal manage` calls it with the servers' environment."""

import os
import sys

from django.core.management import execute_from_command_line

from directorates.foundation.sight import PORTAL, Origin, Way, seeing

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")
    # Whoever commands the portal at its machine sees everything.
    with seeing(PORTAL, Origin(Way.COMMAND)):
        execute_from_command_line(sys.argv)
