#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_receipt_info
short_description: Read the receipt of a node's installation
version_added: 0.1.0
description:
  - Runs on the node. A node that was not installed by the collection has no receipt.
options:
  path:
    description: The receipt.
    type: path
    default: /etc/ironacre/receipt.json
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Read the receipt
  ironacre.hci.node_receipt_info:
  register: receipt
"""

RETURN = r"""
receipt:
  description: The receipt, none without one. Of a damaged one only its digest, which is empty.
  type: dict
  returned: success
python:
  description: Version of the node's Python.
  type: str
  returned: success
"""

import json
import platform
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run

ARGUMENT_SPEC: dict[str, Any] = {"path": {"type": "path", "default": "/etc/ironacre/receipt.json"}}


def read(module: AnsibleModule) -> dict[str, Any]:
    return {"changed": False, "receipt": receipt(Path(module.params["path"])), "python": platform.python_version()}


def receipt(path: Path) -> dict[str, Any] | None:
    """A receipt that cannot be read is still a receipt: the node must not be installed over."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        return {"digest": ""}
    return content if isinstance(content, dict) else {"digest": ""}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), read)


if __name__ == "__main__":
    main()
