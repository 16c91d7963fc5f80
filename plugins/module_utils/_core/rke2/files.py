# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files RKE2 reads on one node, rendered.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.config import (
    Node,
    immutable_faults,
    join_config,
    join_url,
    node_config,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.manifests import helm_chart_config, kube_vip
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.versions import parse_version, step_faults
from ansible_collections.ironacre.hci.plugins.module_utils._core.yaml_text import to_yaml, to_yaml_documents

CONFIG_DIR = "/etc/rancher/rke2"
File = dict[str, Any]


@dataclass(frozen=True)
class Extras:
    """chart_values: chart -> its values. kube_vip_image: image of the address announcer."""

    chart_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    manifests: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    registries: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    kube_vip_image: str = ""
    data_dir: str = "/var/lib/rancher/rke2"


def node_files(
    cluster: Mapping[str, Any], node: Node, info: Mapping[str, Any], join: str, extras: Extras
) -> list[File]:
    """The whole set. info: result of rke2_info with `config` parsed. Raises InputErrors with all faults."""
    config = node_config(cluster, node)
    if node.role == "agent" and join:
        config["server"] = join_url(cluster, join)
    parse_version(str(cluster.get("version")))
    if info.get("registered"):
        refuse(immutable_faults(node, info.get("config") or {}, config))
    if info.get("running"):
        refuse(step_faults(f"hosts.{node.name}", str(info["running"]), str(cluster["version"])))
    files = [_file(f"{CONFIG_DIR}/config.yaml", to_yaml(config))]
    if not info.get("registered"):
        files.append(_join_file(cluster, node, join))
    return [*files, *_optional(node, extras), *_manifest_files(cluster, node, extras)]


def _file(path: str, content: str, restarts: bool = True) -> File:
    return {"path": path, "content": content, "mode": "0600", "restarts": restarts}


def _join_file(cluster: Mapping[str, Any], node: Node, join: str) -> File:
    """Written until the node has joined and then left alone, or every run after the first would restart it."""
    return _file(f"{CONFIG_DIR}/config.yaml.d/40-join.yaml", to_yaml(join_config(cluster, node, join)))


def _optional(node: Node, extras: Extras) -> Iterator[File]:
    if extras.registries:
        yield _file(f"{CONFIG_DIR}/registries.yaml", to_yaml(extras.registries))
    if extras.environment:
        lines = (f'{key}="{value}"\n' for key, value in sorted(extras.environment.items()))
        yield _file(f"/etc/default/rke2-{node.role}", "".join(lines))


def _manifest_files(cluster: Mapping[str, Any], node: Node, extras: Extras) -> Iterator[File]:
    """On every server the same: whichever is lost, the others still bring them."""
    if node.role != "server":
        return
    folder = f"{extras.data_dir}/server/manifests"
    api = cluster.get("api") or {}
    vip = api.get("vip") or {}
    if vip.get("type") == "kube_vip":
        objects = kube_vip(api["address"], int(api.get("port", 6443)), vip.get("interface", ""), extras.kube_vip_image)
        yield _file(f"{folder}/ironacre-kube-vip.yaml", to_yaml_documents(objects), restarts=False)
    for chart, values in extras.chart_values.items():
        content = to_yaml_documents([helm_chart_config(chart, values)])
        yield _file(f"{folder}/ironacre-{chart}-config.yaml", content, restarts=False)
    for name, wanted in extras.manifests.items():
        yield _file(f"{folder}/ironacre-{name}.yaml", to_yaml_documents(list(wanted)), restarts=False)
