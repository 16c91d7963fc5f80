# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory's model of an estate that moves here, as a table. schema.py has the rest.

This module util is private to the collection.
"""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.mapping import mapping_field
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.shape import Field

_TEXTS = Field("text", "a name")


def _mapping(about: str, **fields: Field) -> Field:
    return Field("map", about, fields=fields or None)


MACHINE = _mapping(
    "one machine of the estate",
    name=Field("text", "its name at the source", required=True),
    skip=Field("text", "why it does not move"),
    group=Field("text", "machines of one group move in one wave"),
    apart=Field("text", "machines with one mark never move in one wave"),
    after=Field("list", "machines that must have moved before", items=_TEXTS),
    windows=Field("list", "windows it may use; by default all", items=_TEXTS),
    downtime_limit_s=Field("count", "longest downtime in seconds; what takes longer cold moves warm"),
    dirty_mib_s=Field("any", "MiB that change in a second, as measured"),
    target=_mapping("namespace, name and labels that differ from those for all"),
    mapping=mapping_field("what becomes of its networks and disks, instead of the mapping for all"),
    overrides=_mapping("what shall differ from the source, beside what is said for all"),
    verify=_mapping("how the guest proves that it lives"),
    services=Field("list", "guest ports that every node answers on: port, node_port", items=_mapping("a port")),
    run_strategy=Field("text", "run strategy of the imported VM", default="Always"),
    shutdown=_mapping("how its source is stopped, when it is not as for all"),
    compare=Field("text", "what its last copy reads, when it is not as for all", choices=("changed", "all")),
)

WINDOW = _mapping(
    "a time in which machines may be cut over",
    name=Field("text", "its name", required=True),
    seconds=Field("count", "its length", required=True),
    start=Field("moment", "when it opens; what would not be cut over within it is refused, without it nothing is"),
)

ESTATE = _mapping(
    "VMs of another platform that move here in waves: playbooks import_assess, import_plan, import_wave, import_report",
    source=Field("map", "where they are, as the option source of vm_source_info", required=True),
    select=_mapping("which of them: names, pattern, folder; by default all"),
    target=Field("map", "where they go: namespace, labels", required=True),
    mapping=mapping_field("what becomes of networks and disks"),
    overrides=_mapping("what shall differ from the source"),
    verify=_mapping("how guests prove that they live"),
    upload=_mapping("the way to CDI's upload endpoint"),
    services=Field("list", "guest ports that every node answers on: port, node_port", items=_mapping("a port")),
    run_strategy=Field("text", "run strategy of the imported VMs", default="Always"),
    engine=Field("text", "what moves it", default="stream", choices=("stream", "cdi", "forklift", "harvester")),
    engine_options=_mapping("what the other engines need to know"),
    receiver=_mapping("image of the pod that writes the volumes, and the way to it"),
    shutdown=_mapping("how the source is stopped: graceful_timeout, then"),
    compare=Field("text", "what the last copy of a warm machine reads", default="changed", choices=("changed", "all")),
    folder=Field(
        "text", "folder of assessment, plan and report on the controller; by default estate, beside the kubeconfig"
    ),
    rules_disabled=Field("list", "rules of the assessment to leave out", items=_TEXTS),
    machines=Field("list", "what is said of single machines", items=MACHINE),
    bandwidth=_mapping(
        "rates in MiB per second, until they were measured",
        link=Field("count", "of the controller", default=1100),
        stream=Field("count", "of one copy", default=110),
        host=Field("count", "of one source host", default=312),
        datastore=Field("count", "of one datastore", default=1000),
        special=_mapping("of single hosts and datastores, by name"),
    ),
    windows=Field("list", "times in which machines may be cut over; without, waves follow each other", items=WINDOW),
    max_per_wave=Field("count", "most machines in one wave", default=100),
    pilot=Field("bool", "begin with one easy machine of each kind", default=True),
    capacity_mib=Field("count", "room at the target in MiB, without replicas; 0 is enough", default=0),
    slots=_mapping(
        "copies at once, over all jobs and controllers",
        link=Field("count", "over the link"),
        host=Field("count", "from one source host"),
        datastore=Field("count", "from one datastore"),
    ),
)
