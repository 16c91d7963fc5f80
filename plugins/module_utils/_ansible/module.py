# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where an error of the collection becomes a failed task.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def run(module: AnsibleModule, main: Callable[[AnsibleModule], Mapping[str, Any]]) -> None:
    """Call `main(module)` and end the module: with its result, or with the message and the facts of a PlatformError."""
    try:
        result = main(module)
    except PlatformError as error:
        module.fail_json(msg=error.message, **error.facts)
    module.exit_json(**result)
