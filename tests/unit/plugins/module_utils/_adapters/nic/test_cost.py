"""What a look at a node costs is the programs it starts; what a plan costs, its commands. In seconds: benchmarks."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import process
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import examine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import merge
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import differences
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import owned, wanted


@pytest.mark.skipif(not shutil.which("bridge"), reason="iproute2 is missing")
def test_nic_15_an_unchanged_run_starts_three_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    real = process.attempt

    def counted(
        argv: Sequence[str], stdin: str = "", limit: float = 20.0, environment: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        started.append(argv[0])
        return real(argv, stdin, limit, environment)

    monkeypatch.setattr(process, "attempt", counted)
    found = examine({"interfaces": []}, "networkd", Journal(str(tmp_path)), Links(), [])
    assert not found.changed
    # Where NetworkManager runs too, it is asked what it holds.
    assert [name for name in started if name != "nmcli"] == ["ip", "ip", "bridge"]


@pytest.mark.parametrize("vids", [3, 300])
def test_nic_15_many_vlans_cost_no_more_commands_than_few(vids: int) -> None:
    port = {"name": "eno1", "vlans": [f"2-{vids + 1}"]}
    bridge = {"name": "br0", "type": "bridge", "ports": [port], "bridge": {"vlan_filtering": True}}
    state = parse({"interfaces": [{"name": "eno1", "type": "ethernet"}, bridge]})
    kernel = Kernel({"eno1": Link("eno1", up=True)})
    target = wanted(state)
    steps = plan(differences(kernel, target, owned(None, kernel, state)), kernel, target)
    assert len([line for step in steps for _tool, line in step.commands if line.startswith("vlan")]) == 1


def test_nic_15_a_merged_declaration_grows_with_its_networks_only() -> None:
    networks = {
        "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "bond0"}},
        "vm_networks": [{"name": f"v{vid}", "cluster_network": "vm", "vlan": vid} for vid in range(2, 302)],
    }
    bridge = {"name": "br-vm", "type": "bridge", "ports": ["bond0"], "bridge": {"vlan_filtering": True}}
    merged = merge.with_uplinks(merge.merge([("class", {"interfaces": [bridge]})])[0], networks, None)
    assert len(merged["interfaces"]) == 1 and len(merged["interfaces"][0]["ports"]) == 1
