"""Which static files are served: what pages use, without source maps and variants that nobody asks for."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Assets(StaticFilesConfig):
    """Django's static files, less what installed packages ship beside what we use: it would be compressed for a minute."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*.LICENSE.txt", "README*", "LICENSE*"),
        *("bootstrap.css", "bootstrap.rtl.css", "bootstrap-grid*", "bootstrap-reboot*", "bootstrap-utilities*"),
        *("bootstrap.js", "bootstrap.min.js", "bootstrap.esm*", "bootstrap.bundle.js"),
        # The API answers JSON only and is described by one browser: neither DRF's pages nor ReDoc are used.
        *("rest_framework", "redoc"),
        *("jquery.js", "xregexp.js", "select2.full.js", "swagger-ui-es-bundle*", "htmx-2.js", "htmx-4.js", "htmax*"),
    ]
