#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_import_report
short_description: Writes the report of an estate that moves
version_added: 0.1.0
author: Ironacre contributors (@ironacre)
description:
  - Brings an assessment, a plan and the journals of imports together. Shows what stands in the way, the waves as a
    Gantt chart, the time line of each machine, bytes, digests and downtime.
  - The HTML file needs nothing else and is opened in a browser. CSV and JSON are for other programs.
  - It counts as changed when it tells something new. Runs on the controller and only reads from the cluster.
options:
  dest:
    description: The HTML file.
    type: path
    required: true
  assessment:
    description: File with the assessment, JSON or YAML, as playbook C(import_assess) writes it.
    type: path
  plan:
    description: File with the plan, as playbook C(import_plan) writes it.
    type: path
  kubeconfig:
    description: How the cluster is reached that keeps the journals of imports. Without it nothing has moved yet.
    type: path
  context:
    description: Context of the kubeconfig. Default is its current one.
    type: str
  title:
    description: What stands above the report.
    type: str
    default: Estate
  csv:
    description: File for one line per machine.
    type: path
  json:
    description: File for all of it.
    type: path
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.no_diff
"""

EXAMPLES = r"""
- name: Write the report
  ironacre.hci.vm_import_report:
    assessment: estate/assessment.json
    plan: estate/plan.yml
    kubeconfig: ~/.kube/rack1
    dest: estate/report.html
    csv: estate/report.csv
"""

RETURN = r"""
states:
  description: Number of machines by state.
  returned: success
  type: dict
  sample: {done: 47, failed: 1, planned: 640, blocked: 12}
"""

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.documents import read_document
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.files import TextFile, read_text
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_journal import read_journals
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import cluster_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import estate_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate_files import estate_csv, estate_json
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate_page import estate_page, says_the_same

PATHS = ("assessment", "plan", "kubeconfig", "csv", "json")


def write(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    assessment, plan = (read_document(params[name]) if params[name] else {} for name in ("assessment", "plan"))
    imports = read_journals(cluster_of(params)) if params["kubeconfig"] else []
    estate = estate_of(assessment, plan, imports, params["title"])
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    dest = Path(params["dest"])
    fresh = [] if says_the_same(estate, read_text(dest)) else [(dest, estate_page(replace(estate, generated=now)))]
    fresh += [(Path(params["csv"]), estate_csv(estate))] if params["csv"] else []
    fresh += [(Path(params["json"]), estate_json(estate))] if params["json"] else []
    files = [file for file in (TextFile(path, text, 0o644) for path, text in fresh) if file.differs()]
    if not module.check_mode:
        for file in files:
            file.write()
    states = [machine.state for machine in estate.machines]
    return {"changed": bool(files), "states": {state: states.count(state) for state in sorted(set(states))}}


def main() -> None:
    spec: dict[str, Any] = {name: {"type": "path"} for name in PATHS}
    spec |= {"dest": {"type": "path", "required": True}, "context": {"type": "str"}}
    spec |= {"title": {"type": "str", "default": "Estate"}}
    run(AnsibleModule(argument_spec=spec, supports_check_mode=True), write)


if __name__ == "__main__":
    main()
