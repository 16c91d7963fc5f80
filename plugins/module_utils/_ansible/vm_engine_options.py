# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of vm_import's engines; doc fragment `ironacre.hci.vm_engine` documents them.

This module util is private to the collection.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.common import ENGINES

# A copy of terabytes takes a day; the engine goes on without us, and a later run watches again.
TIMEOUT = 86_400
ENGINE_SPEC: dict[str, Any] = {
    "engine": {"type": "str", "choices": list(ENGINES), "default": "stream"},
    "engine_options": {
        "type": "dict",
        "options": {
            "secret": {"type": "str", "no_log": False},
            "namespace": {"type": "str"},
            "vddk_image": {"type": "str"},
            "certificates": {"type": "str"},
            "warm": {"type": "bool", "default": False},
            "cutover": {"type": "str"},
            "convert": {"type": "bool", "default": True},
            "destination": {"type": "str", "default": "host"},
            "timeout": {"type": "int", "default": TIMEOUT},
        },
    },
}
