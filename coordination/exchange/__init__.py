"""Exchange: one file per format, and what is known of reports, facilities and places in modules named after the noun."""
