# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of vm_import.

This module util is private to the collection.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_engine_options import ENGINE_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_move_options import MOVE_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import CLUSTER_SPEC, SOURCE_SPEC

_NETWORK: dict[str, Any] = {
    "source": {"type": "str", "required": True},
    "target": {"type": "str", "required": True},
    "model": {"type": "str"},
    "binding": {"type": "str"},
}
_STORAGE: dict[str, Any] = {
    "source": {"type": "str", "default": "*"},
    "storage_class": {"type": "str"},
    "volume_mode": {"type": "str", "choices": ["Block", "Filesystem"], "default": "Block"},
    "access_modes": {"type": "list", "elements": "str", "default": ["ReadWriteMany"]},
}
_CHECK: dict[str, Any] = {
    "type": {"type": "str", "required": True, "choices": ["console", "http", "tcp", "agent"]},
    "text": {"type": "str"},
    "url": {"type": "str"},
    "address": {"type": "str"},
    "port": {"type": "int"},
    "timeout": {"type": "int", "default": 300},
}
_MAPPING: dict[str, Any] = {
    "networks": {"type": "list", "elements": "dict", "default": [], "options": _NETWORK},
    "storage": {"type": "list", "elements": "dict", "default": [], "options": _STORAGE},
    "unmapped": {"type": "str", "choices": ["fail", "ignore"], "default": "fail"},
}
_OVERRIDES: dict[str, Any] = {
    "prepared": {"type": "bool", "default": False},
    "guest": {"type": "dict"},
    "assume_virtio": {"type": "bool", "default": False},
    "disk_bus": {"type": "str", "choices": ["virtio", "sata", "scsi", "usb"]},
    "nic_model": {"type": "str"},
    "cpu_model": {"type": "str"},
    "memory_mib": {"type": "int"},
    "max_sockets": {"type": "int"},
    "timezone": {"type": "str"},
    "dedicated_io_thread": {"type": "bool", "default": False},
    "instancetype": {"type": "str"},
    "preference": {"type": "str"},
}
_UPLOAD: dict[str, Any] = {
    "url": {"type": "str"},
    "expose": {"type": "bool", "default": True},
    "wire": {"type": "str", "choices": ["auto", "zstd", "gzip", "raw"], "default": "auto"},
}
_VERIFY: dict[str, Any] = {
    "digest": {"type": "str", "choices": ["readback", "stream"], "default": "readback"},
    "image": {"type": "str", "default": "quay.io/kubevirt/virt-launcher:v1.8.4"},
    "checks": {"type": "list", "elements": "dict", "default": [], "options": _CHECK},
}
_TARGET: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str"},
    "labels": {"type": "dict", "default": {}},
}


_SLOT: dict[str, Any] = {
    "kind": {"type": "str", "required": True, "choices": ["link", "host", "datastore"]},
    "name": {"type": "str", "required": True},
    "count": {"type": "int", "required": True},
}


def _group(options: dict[str, Any], required: bool = False) -> dict[str, Any]:
    group: dict[str, Any] = {"type": "dict", "options": options}
    group.update({"required": True} if required else {"apply_defaults": True})
    return group


ARGUMENT_SPEC: dict[str, Any] = {
    **CLUSTER_SPEC,
    "name": {"type": "str", "required": True},
    "state": {
        "type": "str",
        "choices": ["present", "precopied", "cutover", "rolled_back", "absent"],
        "default": "present",
    },
    "source": SOURCE_SPEC,
    "target": _group(_TARGET, required=True),
    "mapping": _group(_MAPPING),
    "overrides": _group(_OVERRIDES),
    "run_strategy": {"type": "str", "choices": ["Always", "RerunOnFailure", "Manual", "Halted"], "default": "Always"},
    "upload": _group(_UPLOAD),
    "verify": _group(_VERIFY),
    "slots": {"type": "list", "elements": "dict", "default": [], "options": _SLOT},
    "slots_timeout": {"type": "int", "default": 86400},
    "wait_timeout": {"type": "int", "default": 600},
    **ENGINE_SPEC,
    **MOVE_SPEC,
}
