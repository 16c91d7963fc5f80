"""The secret that lets nodes join is nowhere to be read by others."""

from __future__ import annotations

import json
from typing import Any

testinfra_hosts = ["ansible://hci_nodes"]

# Runs on the node and takes the secret from there, so that the search itself does not carry it about.
SEARCH = """
import json, os, pathlib, re
def shown(path):
    # A folder above that is closed to others hides the file, too.
    return (not path.is_symlink() and path.is_file() and path.stat().st_size <= 2**21 and path.stat().st_mode & 0o004
            and all(above.stat().st_mode & 0o001 for above in path.parents))
text = "".join(p.read_text() for p in pathlib.Path("/etc/rancher/rke2").rglob("*.yaml"))
secrets = [found.encode() for found in re.findall(r"^token: *['\\"]?([^'\\"\\s]+)", text, re.M)]
told = {"secrets": len(secrets), "files": [], "processes": []}
for folder in ("/etc", "/opt", "/root", "/srv", "/tmp", "/usr/local", "/var/lib/ironacre", "/var/log", "/var/tmp"):
    # Files and folders of running programs may go while they are looked at.
    for path in (pathlib.Path(name, one) for name, below, files in os.walk(folder) for one in files):
        try:
            if shown(path) and any(secret in path.read_bytes() for secret in secrets):
                told["files"].append(str(path))
        except OSError:
            continue
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        line = path.read_bytes()
    except OSError:
        continue
    if any(secret in line for secret in secrets):
        told["processes"].append(line.decode(errors="replace").split("\\0")[0])
print(json.dumps(told))
"""


def test_no_file_that_others_may_read_and_no_process_shows_it(host: Any) -> None:
    told = json.loads(host.check_output("python3 -c %s", SEARCH))
    assert told["secrets"] > 0, "no token found on the node: nothing was tested"
    assert (told["files"], told["processes"]) == ([], [])
