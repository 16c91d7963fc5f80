#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: hci_report
short_description: Writes a report of the rack as one HTML file
version_added: 0.1.0
author: Ironacre contributors (@ironacre)
description:
  - Draws the rack with its nodes and VMs, the networks, the stages of the chain with their durations, and the
    components.
  - The file needs nothing else and is opened in a browser.
  - It counts as changed when it tells something new about the rack. New durations alone are written without counting.
  - Runs on the controller, and asks the cluster itself, so that no object of it is printed.
options:
  dest:
    description: The file.
    type: path
    required: true
  rack:
    description:
      - What the inventory says. A map with C(title), C(version), C(api), C(notes) and C(nodes)
        (see the filter P(ironacre.hci.report_nodes#filter)).
    type: dict
    required: true
  kubeconfig:
    description:
      - How the cluster is reached.
      - While the file is missing, the report tells what the inventory says.
    type: path
  stages:
    description: File with the durations, written by the callback P(ironacre.hci.stages#callback).
    type: path
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.no_diff
"""

EXAMPLES = r"""
- name: Write the report
  ironacre.hci.hci_report:
    dest: report.html
    rack: {title: rack1, nodes: [{name: n1, role: server}]}
    kubeconfig: ~/.kube/rack1.yaml
    stages: .ansible/stages.json
"""

RETURN = r"""
dest:
  description: The file.
  returned: always
  type: str
"""

import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rack_state import (
    is_there,
    read_cluster,
    read_history,
)
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.collect import document
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import Report, report_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.page import page, says_the_same


def read(rack: dict[str, Any], kubeconfig: str, stages: str) -> Report:
    objects, imports = read_cluster(kubeconfig) if is_there(kubeconfig) else ({}, [])
    generated = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    told = document(rack, objects, imports)
    return report_of({**told, "generated": generated, "history": read_history(stages)})


def write(module: AnsibleModule) -> dict[str, Any]:
    params, dest = module.params, Path(module.params["dest"])
    report = read(params["rack"], params["kubeconfig"] or "", params["stages"] or "")
    same = dest.is_file() and says_the_same(report, dest.read_text(encoding="utf-8"))
    if not module.check_mode:
        dest.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=module.tmpdir, delete=False, encoding="utf-8") as part:
            part.write(page(report))
        module.atomic_move(part.name, str(dest))
    return {"changed": not same, "dest": str(dest)}


def main() -> None:
    spec = {
        "dest": {"type": "path", "required": True},
        "rack": {"type": "dict", "required": True},
        "kubeconfig": {"type": "path"},
        "stages": {"type": "path"},
    }
    run(AnsibleModule(argument_spec=spec, supports_check_mode=True), write)


if __name__ == "__main__":
    main()
