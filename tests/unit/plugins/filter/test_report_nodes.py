from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.report_nodes import FilterModule

NODE = {
    "provision": "image",
    "address": "10.0.0.11",
    "bmc": {"username": "admin", "password": "hunter2"},
    "identity": {"serial": "S1"},
    "nics": [{"name": "eth0"}, {"match": {"mac": "x"}}],
}


def test_the_report_is_told_who_is_who_and_no_secret() -> None:
    one, two = FilterModule().filters()["report_nodes"](["n1", "n2"], [NODE, {"identity": None}], ["n1"])
    assert one == {
        "name": "n1",
        "role": "server",
        "address": "10.0.0.11",
        "provision": "image",
        "serial": "S1",
        "vm_host": True,
        "nics": ["eth0"],
    }
    assert (two["role"], two["provision"], two["serial"]) == ("agent", "existing", "")
