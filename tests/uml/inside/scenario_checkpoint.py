"""NetworkManager's own way back, with nobody of ours left. A boot of its own: it mostly waits. Inside the kernel."""

from __future__ import annotations

from cells import bus, command_of, daemon
from trunk import trunk
from wire import applied, kept, kernel, ping, sh, switch, until

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import checkpoint


def test_nic_05_networkmanager_goes_back_when_nobody_is_left_to_do_it() -> None:
    switch()
    bus()
    command, ready = command_of("networkmanager")
    good = trunk([100, 200])
    with daemon(command, ready):
        kept(good, "networkmanager")
        checkpoint.SPARE = 5
        moved = trunk([100, 200])
        moved["interfaces"][4]["ipv4"] = {"addresses": ["10.0.100.77/24"]}
        applied(moved, "networkmanager", timeout=20)
        assert kernel().links["br-vm.100"].addresses == {"10.0.100.77/24"}
        # Our guard is dead: nothing of ours runs any more.
        assert until(lambda: kernel().links["br-vm.100"].addresses == {"10.0.100.11/24"}), sh("nmcli connection")
        assert until(lambda: ping("10.0.100.1")) and checkpoint.pending() == []
