"""The bench's own surroundings: what its goals need is made before they are measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest

from coordination.starter import bench, environment, steps
from coordination.starter.trouble import Trouble


def test_what_pages_are_drawn_with_is_collected_before_any_goal_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    @contextmanager
    def assets(folder: object, surroundings: object) -> Iterator[None]:
        yield
        done.append("assets")
        raise Trouble("enough for this test")

    monkeypatch.setattr(environment, "of", mock.Mock(return_value={}))
    monkeypatch.setattr(environment, "as_owner", mock.Mock(return_value={}))
    monkeypatch.setattr(steps, "migrate", lambda surroundings: done.append("schema"))
    monkeypatch.setattr(steps, "assets", assets)
    monkeypatch.setattr(bench.subprocess, "Popen", lambda *given, **more: pytest.fail("measured too early"))
    with pytest.raises(Trouble):
        bench._run(mock.Mock(), [])
    assert done == ["schema", "assets"]
