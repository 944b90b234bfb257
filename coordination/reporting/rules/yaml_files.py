"""Reading YAML that people wrote: plain data only, no key twice, and the line of every path."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import yaml

# Aliases let a small file grow without bound when it is read; no file of ours needs them that deep.
MAX_ALIASES = 100


class YamlProblem(ValueError):
    """The text is not the YAML that is wanted; with its line, from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True)
class YamlFile:
    """The data of a file, and where each of it stands."""

    data: Any
    root: yaml.Node | None

    def line(self, path: str) -> int:
        """The line, from 1, of a path of keys and positions with points between; of its nearest part that is there."""
        node = self.root
        line = node.start_mark.line + 1 if node is not None else 1
        for step in path.split("."):
            found = _step(node, step)
            if found is None:
                return line
            line, node = found
        return line


def _step(node: yaml.Node | None, step: str) -> tuple[int, yaml.Node] | None:
    """The line and node that a key or position leads to."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode):
        if step.isdigit() and int(step) < len(node.value):
            entry = node.value[int(step)]
            return entry.start_mark.line + 1, entry
        # Differences name entries of a list by their code.
        for entry in node.value:
            if isinstance(entry, yaml.MappingNode) and any(
                key.value == "code" and value.value == step for key, value in entry.value
            ):
                return entry.start_mark.line + 1, entry
    return None


class _Loader(yaml.SafeLoader):
    """Plain data; a key that stands twice in one mapping is refused rather than silently the last one."""

    aliases = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise YamlProblem(self.peek_event().start_mark.line + 1, "too many aliases")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise YamlProblem(key.start_mark.line + 1, f"the key {key.value} stands twice")
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(data: bytes) -> YamlFile:
    """The data of one YAML document in UTF-8, or the problem with its line."""
    try:
        loader = _Loader(data.decode("utf-8"))
        try:
            root = loader.get_single_node()
            return YamlFile(loader.construct_document(root) if root is not None else None, root)
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        raise YamlProblem(data[: error.start].count(b"\n") + 1, "not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(mark.line + 1 if mark else 1, error.problem or "not YAML") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, YamlProblem):
            raise
        raise YamlProblem(1, str(error).splitlines()[0][:200]) from error
