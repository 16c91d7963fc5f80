"""bmc_boot and bmc_info against a BMC that speaks real IPMI; the bytes of the boot flags are read off the wire."""

from __future__ import annotations

import socket

from ansible_collections.ironacre.hci.plugins.modules import bmc_boot, bmc_info
from tests.peers.peers import UEFI_PXE, IpmiPeer, free_port
from tests.unit.running import Run

PXE_NOW = {"boot": {"target": "pxe"}, "power": "cycle"}


def test_the_boot_mode_is_kept_on_the_wire(ipmi: IpmiPeer, run: Run) -> None:
    result = run(bmc_boot, {"bmc": ipmi.options(), **PXE_NOW})
    assert ipmi.writes() == ["set 5 a004000000", "power on"]
    assert result["after"] == {"power": "on", "boot": {"target": "pxe", "mode": "uefi", "once": True}}
    assert "set 3 08" in ipmi.log(), "the 60 second timer of the flags must be off"


def test_a_running_machine_is_switched_off_and_on(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(power="on")
    run(bmc_boot, {"bmc": ipmi.options(), **PXE_NOW})
    assert ipmi.writes() == ["set 5 a004000000", "power off", "power on"]


def test_a_bios_machine_stays_a_bios_machine(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(flags=[0x80, 0x08, 0, 0, 0])
    run(bmc_boot, {"bmc": ipmi.options(), "boot": {"target": "pxe"}})
    assert ipmi.writes() == ["set 5 8004000000"]


def test_an_unknown_boot_mode_sends_nothing(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(flags=[0, 0, 0, 0, 0])
    result = run(bmc_boot, {"bmc": ipmi.options(), **PXE_NOW}, fails=True)
    assert (result["kind"], ipmi.writes()) == ("unsupported", [])
    assert "boot.mode" in result["msg"]


def test_the_second_run_changes_nothing(ipmi: IpmiPeer, run: Run) -> None:
    wish = {"bmc": ipmi.options(), "boot": {"target": "pxe"}, "power": "on"}
    assert run(bmc_boot, wish)["changed"]
    before = ipmi.writes()
    assert not run(bmc_boot, wish)["changed"]
    assert ipmi.writes() == before


def test_check_mode_only_reads(ipmi: IpmiPeer, run: Run) -> None:
    result = run(bmc_boot, {"bmc": ipmi.options(), **PXE_NOW}, check=True)
    assert (result["changed"], ipmi.writes()) == (True, [])
    assert result["diff"]["after"]["boot"]["target"] == "pxe"


def test_a_forgotten_override_is_written_again(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"forget": 1})
    result = run(bmc_boot, {"bmc": ipmi.options(), "boot": {"target": "pxe"}})
    assert (result["attempts"], ipmi.state()["flags"]) == (2, UEFI_PXE)


def test_an_override_that_never_sticks_is_an_error(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"forget": 99})
    result = run(bmc_boot, {"bmc": ipmi.options(), **PXE_NOW}, fails=True)
    assert result["kind"] == "ignored"
    assert "power on" not in ipmi.log(), "a machine whose override is unproved must not start"


def test_flags_that_do_not_read_back_are_a_warning(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"hide": 1})
    result = run(bmc_boot, {"bmc": ipmi.options(), "boot": {"target": "pxe", "mode": "uefi"}})
    assert ipmi.writes() == ["set 5 a004000000"]
    assert "could not be verified" in str(result["warnings"])


def test_a_lagging_power_state_is_waited_for(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"slow": 1.5})
    result = run(bmc_boot, {"bmc": ipmi.options(), "power": "on"})
    assert (result["after"]["power"], ipmi.writes()) == ("on", ["power on"])


def test_a_command_that_is_answered_late_is_done_once(ipmi: IpmiPeer, run: Run) -> None:
    """The client sends it again after half a second to a second, as it may on a busy machine."""
    ipmi.set(faults={"late": 1.5})
    result = run(bmc_boot, {"bmc": ipmi.options(), "power": "on"})
    assert (result["after"]["power"], ipmi.writes()) == ("on", ["power on"])


def test_a_machine_that_never_starts_is_a_timeout(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"slow": 60})
    result = run(bmc_boot, {"bmc": ipmi.options(), "power": "on", "timeout": 1}, fails=True)
    assert result["kind"] == "timeout"


def test_a_busy_bmc_is_asked_again(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"busy": 2})
    result = run(bmc_boot, {"bmc": ipmi.options(), "power": "on"})
    assert result["after"]["power"] == "on"
    assert any("busy" in line["what"] for line in result["timeline"])


def test_a_bmc_that_stays_busy_is_named(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"busy": 99})
    result = run(bmc_boot, {"bmc": ipmi.options(), "power": "on", "attempts": 1}, fails=True)
    assert result["kind"] == "busy"


def test_a_full_session_table_is_waited_out(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(faults={"full": 1})
    result = run(bmc_boot, {"bmc": ipmi.options(cipher_suite=3), "power": "on"})
    assert any("session_limit" in line["what"] for line in result["timeline"])


def test_a_wrong_password_is_tried_once_and_told_with_the_address(ipmi: IpmiPeer, run: Run) -> None:
    result = run(bmc_boot, {"bmc": ipmi.options(password="wrong-one", cipher_suite=3), "power": "on"}, fails=True)
    assert (result["kind"], result["address"]) == ("auth", f"127.0.0.1:{ipmi.port}")
    assert ipmi.log().count("open status=0") == 1
    assert "wrong-one" not in str({key: value for key, value in result.items() if key != "invocation"})


def test_a_closed_port_is_unreachable(run: Run) -> None:
    port = free_port(socket.SOCK_DGRAM)
    bmc = {"driver": "ipmi", "address": "127.0.0.1", "port": port, "username": "admin", "password": "secret"}
    result = run(bmc_boot, {"bmc": bmc, "power": "on", "attempts": 1}, fails=True)
    assert (result["kind"], result["address"]) == ("unreachable", f"127.0.0.1:{port}")


def test_many_machines_are_read_at_once(ipmi: IpmiPeer, run: Run) -> None:
    ipmi.set(power="on")
    gone = ipmi.options(port=free_port(socket.SOCK_DGRAM), address="localhost")
    targets = [{"name": "n1", **ipmi.options()}, {"name": "n2", **ipmi.options()}, {"name": "n3", **gone}]
    result = run(bmc_info, {"targets": targets, "attempts": 1})
    assert [result["machines"][name]["power"] for name in ("n1", "n2")] == ["on", "on"]
    assert (result["failed_machines"], result["machines"]["n3"]["kind"]) == (["n3"], "unreachable")
