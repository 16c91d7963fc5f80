"""The demo: a rack, the whole chain on it, a pod on a VLAN, a live migration, the report. `python -m tools.demo`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
REPORT = CHECKOUT / ".lab" / "rack1-report.html"
LAB = (sys.executable, "-m", "lab")
PLAYBOOK = ("exec", "--", str(Path(sys.executable).parent / "ansible-playbook"))
CHECK = (
    *("exec", "--", "env", f"MOLECULE_PROJECT_DIRECTORY={CHECKOUT}"),
    f"PYTHONPATH={CHECKOUT / 'molecule'}:{CHECKOUT / '.ansible/collections'}",
    *(sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--no-header"),
)
STEPS = (
    ("install what the lab needs", ("setup",)),
    ("build what the rack is made of; the first time takes a while, later everything is in the cache", ("build",)),
    ("bring the rack up", ("up",)),
    (
        "run the chain: from a powered-off machine to imported VMs; one of them still runs at its source",
        (*PLAYBOOK, "site.yml", "-e", "lab_warm_state=precopied"),
    ),
    ("reach a pod on a VLAN through the bond and bridge of m1", (*CHECK, "molecule/stack/tests/test_vm_network.py")),
    ("at its source, the machine that is copied already goes on writing", ("scribble", "legacy-warm")),
    ("cut it over: stop it, copy what changed, fence it, start it here", (*PLAYBOOK, "playbooks/import_vms.yml")),
    ("move a VM to another host while it answers", (*PLAYBOOK, "playbooks/migrate_vms.yml")),
    ("write the report", (*PLAYBOOK, "playbooks/report.yml")),
    ("run the chain again: nothing changes", (*PLAYBOOK, "site.yml")),
)


def main() -> int:
    begun = time.monotonic()
    for number, (what, command) in enumerate(STEPS, 1):
        print(f"\ndemo {number}/{len(STEPS)}: {what}", flush=True)
        started = time.monotonic()
        code = subprocess.run([*LAB, *command], cwd=CHECKOUT, check=False).returncode
        if code:
            print(f"demo: step {number} ended with {code}; after a fix, `make demo` goes on from what is there")
            return code
        print(f"demo {number}/{len(STEPS)}: took {time.monotonic() - started:.0f} s", flush=True)
    print(f"\ndemo: done in {time.monotonic() - begun:.0f} s. Look at {REPORT}")
    print("demo: `make lab-status` shows the rack, `make lab-down` removes it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
