"""Guests with two cards keep both: on a network that the scenario makes, by a binding that the rack registers."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import settings_of
from lab import guest_imports, inventory
from lab.guest_imports import CASES, GUESTS
from lab.rack import model
from lab.recipes import guest_kinds

TWO = next(case for case in CASES if len(case.macs) == 2)


def test_both_cards_of_a_guest_are_in_the_machine_with_their_addresses() -> None:
    forms = {name: guest_kinds.written(Path("/forms"), guest) for name, guest in GUESTS.items()}
    wish = next(one for one in guest_imports.imports(forms) if one["name"] == f"guest-{TWO.kind}")
    nics = tuple(
        Nic(mac, name, mac=mac) for mac, name in zip(TWO.macs, ("VM Network", guest_imports.SECOND), strict=True)
    )
    vm = Vm("guest", memory_mib=512, disks=(Disk("d0", 1 << 20),), nics=nics)
    spec = render(vm, settings_of(wish, "guest")).machine["spec"]["template"]["spec"]
    cards = spec["domain"]["devices"]["interfaces"]
    assert [{"macAddress": mac, **bound} for mac, bound in zip(TWO.macs, TWO.bindings, strict=True)] == [
        {key: card[key] for key in ("macAddress", "masquerade", "binding") if key in card} for card in cards
    ]
    made = guest_imports.objects()[-1]["metadata"]
    assert spec["networks"][1]["multus"]["networkName"] == f"{made['namespace']}/{made['name']}"


def test_the_rack_knows_the_binding_and_the_launcher_may_open_the_device() -> None:
    registered = inventory.stack(model.load("default"))["kubevirt"]["configuration"]["network"]["binding"]
    assert registered == {TWO.bindings[1]["binding"]["name"]: {"domainAttachmentType": "tap"}}
    plugin = json.loads(guest_imports.objects()[-1]["spec"]["config"])
    # Without an owner and a group the plugin asks for programs of iproute2 that a node need not have.
    assert (plugin["type"], plugin["owner"], plugin["group"]) == ("tap", 107, 107)
