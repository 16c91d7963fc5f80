# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specification of a BMC's connection; doc fragment `ironacre.hci.bmc` documents it.

This module util is private to the collection.
"""

from __future__ import annotations

from typing import Any

BMC_SPEC: dict[str, Any] = {
    "driver": {"type": "str", "choices": ["auto", "ipmi", "redfish"], "default": "auto"},
    "address": {"type": "str", "required": True},
    "port": {"type": "int"},
    "username": {"type": "str", "required": True},
    "password": {"type": "str", "required": True, "no_log": True},
    "cipher_suite": {"type": "int", "choices": [3, 17]},
    "scheme": {"type": "str", "choices": ["https", "http"], "default": "https"},
    "verify_tls": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "system_id": {"type": "str"},
}
