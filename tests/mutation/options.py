"""What `./portal test --mutate` hands to pytest: options, and the run itself once Django is set up."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a run may be limited to."""
    group = parser.getgroup("mutation")
    group.addoption("--of", action="append", default=[], help="only checks in files that begin so, or FILE:LINE")
    group.addoption("--patience", type=float, default=120, help="seconds of tests for one check")


def pytest_configure(config: pytest.Config) -> None:
    """The run stands on models."""
    config.pluginmanager.import_plugin("tests.mutation.plugin")
