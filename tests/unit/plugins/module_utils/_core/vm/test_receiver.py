"""The objects of a receiver, and the machine on claims of its own."""

from __future__ import annotations

import json

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import receiver
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.receiver import ReceiverWish, with_claims
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings, StorageRule

MIB = 1 << 20
VM = Vm("web", memory_mib=64, id="vm-1", disks=(Disk("2000", 100 * MIB, "a.vmdk"), Disk("2001", MIB, "b.vmdk", unit=1)))
WISH = ReceiverWish("web", "vms", "python", {"web-disk0": (100 * MIB, "Block"), "web-disk1": (MIB, "Filesystem")})


@pytest.mark.parametrize(("mode", "size"), [("Block", 100 * MIB), ("Filesystem", 107 * MIB)])
def test_a_claim_is_as_large_as_its_disk_and_what_a_file_system_needs(mode: str, size: int) -> None:
    rule = StorageRule(storage_class="gold", volume_mode=mode, access_modes=("ReadWriteOnce",))
    rendered = with_claims(render(VM, Settings("web", "vms", storage=(rule,))))
    spec = {"accessModes": ["ReadWriteOnce"], "volumeMode": mode, "storageClassName": "gold"}
    assert rendered.volumes[0]["kind"] == "PersistentVolumeClaim"
    assert rendered.volumes[0]["spec"] == {**spec, "resources": {"requests": {"storage": str(size)}}}
    assert not any(key.startswith("cdi.") for key in rendered.volumes[0]["metadata"]["annotations"])
    volumes = rendered.machine["spec"]["template"]["spec"]["volumes"]
    assert volumes[1] == {"name": "web-disk1", "persistentVolumeClaim": {"claimName": "web-disk1"}}


def test_the_pod_has_no_rights_and_every_volume_in_its_own_way() -> None:
    spec = receiver.pod(WISH)["spec"]
    container = spec["containers"][0]
    assert spec["automountServiceAccountToken"] is False and spec["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["volumeDevices"] == [{"name": "web-disk0", "devicePath": "/dev/volumes-web-disk0"}]
    assert {"name": "web-disk1", "mountPath": "/volumes/web-disk1"} in container["volumeMounts"]
    claims = [item["persistentVolumeClaim"]["claimName"] for item in spec["volumes"] if "persistentVolumeClaim" in item]
    assert claims == ["web-disk0", "web-disk1"]


def test_secrets_are_in_the_secret_only() -> None:
    config = json.loads(receiver.secret(WISH, "cert", "key", "hush")["stringData"]["config.json"])
    assert config["volumes"]["web-disk1"] == {"path": "/volumes/web-disk1/disk.img", "capacity": MIB}
    others = (receiver.pod(WISH), receiver.service(WISH), receiver.program(WISH, {"a.py": "pass"}))
    assert "hush" not in json.dumps(others)


def test_a_long_name_fits() -> None:
    wish = ReceiverWish("a" * 63, "vms", "python", {})
    assert len(wish.object_name) <= 63 and wish.host_name.endswith(".vms.svc")
