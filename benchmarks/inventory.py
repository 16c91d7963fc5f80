"""The inventory of a vCenter: in bulk by leaf paths, as vm_source_info reads it, against one machine after the other.

The second way is what most scripts with pyVmomi do: a property of an object is a round trip of its own. Both read the
same facts of the same machines of the lab's stand-in, on the same machine; a real network adds its delay to each trip.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Row, measured, medians
from tests.peers.vcenter_sim import VcenterSim, generated, serving

BULK = """
import sys
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_vsphere
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_estate import Wanted
host, port, username, password, ca, want = sys.argv[1:]
package = open_vsphere(dict(hostname=host, port=int(port), username=username, password=password, ca_path=ca))
assert len(package.vms(Wanted())) == int(want)
package.around()
"""
EACH = """
import ssl, sys
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim
host, port, username, password, ca, want = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
instance = SmartConnect(host=host, port=int(port), user=username, pwd=password, sslContext=context)
content = instance.RetrieveContent()
view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
facts = []
for vm in view.view:
    config, guest = vm.config, vm.guest
    facts.append((vm.name, config.uuid, config.hardware.device, config.firmware, vm.runtime.powerState, guest.net,
                  guest.toolsRunningStatus, vm.layoutEx, vm.snapshot, [one.name for one in vm.network],
                  [one.name for one in vm.datastore], vm.runtime.host.name, vm.parent.name))
assert len(facts) == int(want)
Disconnect(instance)
"""


def figures(machines: int, rounds: int) -> dict[str, Row]:
    """Medians of both ways with their round trips, and the second divided by ours."""
    found: list[dict[str, Row]] = []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), generated(machines)) as sim:
        login = [sim.host, str(sim.port), sim.username, sim.password, str(sim.ca), str(machines)]
        for _round in range(rounds):
            ours, other = counted(sim, BULK, login), counted(sim, EACH, login)
            ratio = {what: other[what] / ours[what] for what in ours}
            found.append({"inventory: ours": ours, "inventory: one by one": other, "inventory: ratio": ratio})
    return medians(found)


def counted(sim: VcenterSim, program: str, login: list[str]) -> Row:
    """Figures of a program, with its calls at the server."""
    sim.clear()
    row = measured(sys.executable, "-c", program, *login)
    return {**row, "calls": float(sum(sim.journal()["calls"].values()))}
