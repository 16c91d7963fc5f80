# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that the vm_* modules share, and the objects they stand for.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source_options import TRANSPORTS, TYPES

# What contradicts is found by _core/vm/source_options.py, all of it at once.
SOURCE_SPEC: dict[str, Any] = {
    "type": "dict",
    "required": True,
    "options": {
        "type": {"type": "str", "choices": list(TYPES), "default": "auto"},
        "url": {"type": "str"},
        "path": {"type": "path"},
        "hostname": {"type": "str"},
        "port": {"type": "int", "default": 443},
        "datacenter": {"type": "str"},
        "vm": {"type": "str"},
        "transport": {"type": "str", "choices": list(TRANSPORTS), "default": "auto"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "thumbprint": {"type": "str"},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True, "fallback": (env_fallback, ["VMIMPORT_SOURCE_PASSWORD"])},
    },
}
CLUSTER_SPEC: dict[str, Any] = {
    "kubeconfig": {"type": "path", "required": True},
    "context": {"type": "str"},
}


def cluster_of(params: Mapping[str, Any]) -> KubernetesApi:
    """The API of the cluster that the options `kubeconfig` and `context` name."""
    return KubernetesApi(load_connection(params["kubeconfig"], params.get("context") or ""))
