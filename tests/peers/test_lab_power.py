"""BMCs really switch the machine, in both protocols, whatever the client sends twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.build import cache
from lab.build.catalog import all_recipes
from lab.machine import kvm
from tests.peers.lab_copy import LabCopy, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

SYSTEM = "https://172.31.71.14:8443/redfish/v1/Systems/00000000-0000-4000-8000-525400700014"


@pytest.fixture(scope="module")
def lab() -> Iterator[LabCopy]:
    lab = LabCopy.make("power")
    lab.ask("up", "--bare")
    yield lab
    lab.end()


@pytest.fixture(autouse=True)
def machine_is_off(lab: LabCopy) -> None:
    lab.ask("reset", "m1")
    (lab.folder / ".lab/logs/m1.log").unlink(missing_ok=True)


def password(lab: LabCopy) -> str:
    return (Path("/var/lib/ironacre-lab") / lab.id / "secrets/bmc").read_text()


def ipmi(lab: LabCopy, *words: str, check: bool = True, secret: str = "") -> str:
    login = ("-I", "lanplus", "-C", "3", "-H", "172.31.71.14", "-U", "admin", "-P", secret or password(lab))
    return lab.ask("exec", "--", "ipmitool", *login, *words, check=check)


def redfish(lab: LabCopy, path: str = "", method: str = "GET", body: dict[str, object] | None = None) -> str:
    login = ("--cacert", ".lab/ca.pem", "-u", f"admin:{password(lab)}", "-H", "Content-Type: application/json")
    data = ("-d", json.dumps(body)) if body else ()
    return lab.controller("curl", "-sS", *login, "-X", method, *data, "-w", "\n%{http_code}", SYSTEM + path)


def until(what: str, true: Callable[[], bool], seconds: float = 600) -> None:
    """Wait for something that a machine does in its own time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what}: not seen within {seconds} s"
        time.sleep(0.1)


def said(lab: LabCopy) -> str:
    log = lab.folder / ".lab/logs/m1.log"
    return log.read_text(errors="replace") if log.exists() else ""


def test_ipmi_starts_the_machine_over_the_network_once_and_stops_it(lab: LabCopy) -> None:
    ipmi(lab, "chassis", "bootdev", "pxe")
    ipmi(lab, "power", "on")
    until("power on", lambda: lab.status()["m1"] == "on")
    assert "is on" in ipmi(lab, "power", "status")
    until("the network card's boot", lambda: "net0: 52:54:00:70:00:14" in said(lab))
    # Used up by the start; the firmware mode stays readable.
    assert "Boot Flag Invalid" in ipmi(lab, "chassis", "bootparam", "get", "5")
    ipmi(lab, "power", "off")
    until("power off", lambda: lab.status()["m1"] == "off")


def test_redfish_reads_and_switches_the_same_machine(lab: LabCopy) -> None:
    words = {"Target": "Pxe", "Enabled": "Once", "Mode": "UEFI"}
    boot = {f"BootSourceOverride{name}": value for name, value in words.items()}
    assert redfish(lab, method="PATCH", body={"Boot": boot}).endswith("204")
    assert "a004000000" in ipmi(lab, "chassis", "bootparam", "get", "5")
    assert redfish(lab, "/Actions/ComputerSystem.Reset", "POST", {"ResetType": "On"}).endswith("204")
    until("power on", lambda: json.loads(redfish(lab).rsplit("\n", 1)[0])["PowerState"] == "On")
    until("UEFI firmware", lambda: "BdsDxe" in said(lab))
    data = json.loads(redfish(lab).rsplit("\n", 1)[0])
    assert (data["SerialNumber"], data["Boot"]["BootSourceOverrideEnabled"]) == ("IA-M1", "Disabled")
    redfish(lab, "/Actions/ComputerSystem.Reset", "POST", {"ResetType": "ForceOff"})
    until("power off", lambda: lab.status()["m1"] == "off")


def test_a_reset_sent_three_times_is_one_reset_and_keeps_the_override(lab: LabCopy) -> None:
    events = lab.folder / ".lab/logs/m1-events.log"
    ipmi(lab, "power", "on")
    until("power on", lambda: lab.status()["m1"] == "on")
    until("the firmware", lambda: "SeaBIOS" in said(lab))
    ipmi(lab, "chassis", "bootdev", "pxe")
    before = events.read_text().count("reset, boot")
    # In one session, so that they come together however busy this machine is.
    (lab.folder / "resets").write_text("power reset\n" * 3)
    ipmi(lab, "exec", "resets")
    until("the network card's boot", lambda: "net0: 52:54:00:70:00:14" in said(lab))
    assert events.read_text().count("reset, boot") == before + 1


def test_faults_refuse_forget_and_cut(lab: LabCopy) -> None:
    faults = lab.folder / ".lab/faults/m1.yml"
    faults.write_text("busy: 1\n")
    assert "204" not in redfish(lab, method="PATCH", body={"Boot": {"BootSourceOverrideTarget": "Pxe"}})
    faults.write_text("lose_boot: 1\n")
    ipmi(lab, "chassis", "bootdev", "pxe")
    assert "Force PXE" not in ipmi(lab, "chassis", "bootparam", "get", "5")
    faults.write_text("power_cut_at: SeaBIOS\n")
    ipmi(lab, "power", "on")
    until("the power cut", lambda: "power cut at" in (lab.folder / ".lab/logs/m1-events.log").read_text())
    until("power off", lambda: lab.status()["m1"] == "off")
    assert not faults.exists()


def test_a_wrong_password_opens_nothing(lab: LabCopy) -> None:
    assert "Unable to establish" in ipmi(lab, "power", "on", secret="wrong", check=False)
    assert lab.status()["m1"] == "off"


def test_the_probe_tells_a_processor_that_runs_a_kernel_from_one_that_does_not(lab: LabCopy) -> None:
    kernel = cache.build(all_recipes(), ["agent"])["agent"] / "vmlinuz"
    assert kvm.boots(kernel, ("-accel", "tcg", "-cpu", "max"), seconds=60)
    assert not kvm.boots(kernel, ("-accel", "tcg", "-cpu", "max", "-S"), seconds=2)
    assert kvm.accel(kernel) in ("kvm", "tcg")
