"""Where secrets show: in files that others may read, and in what processes were started with.

The search runs where it looks, and is given digests only: so it does not carry the secrets about itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

FOLDERS = (
    "/etc",
    "/home",
    "/opt",
    "/root",
    "/run/ironacre",
    "/srv",
    "/tmp",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/lib/ironacre",
    "/var/lib/ironacre",
    "/var/log",
    "/var/tmp",
)
LARGEST = 2**21
# Node Python; arguments: digests and folders as JSON. Prints JSON: where the words with these digests stand.
SEARCH = f"""
import hashlib, json, os, pathlib, re, sys
digests, folders = map(set, json.loads(sys.argv[1]))
WORD = re.compile(rb"[^\\s'\\"=:,;&@/\\\\\\[\\]{{}}()<>|\\0]{{8,}}")
told = {{"files": [], "processes": [], "read": 0}}
def shows(data):
    return any(hashlib.sha256(word).hexdigest() in digests for word in set(WORD.findall(data)))
def closed(folder):
    return not all(one.stat().st_mode & 0o001 for one in (folder, *folder.parents))
def passable(path):
    try:
        return os.lstat(path).st_mode & 0o001
    except OSError:
        return False
def shown(path):
    return not path.is_symlink() and path.is_file() and path.stat().st_mode & 0o004 and path.stat().st_size <= {LARGEST}
for folder in map(pathlib.Path, sorted(folders)):
    if not folder.is_dir() or closed(folder):
        continue
    for name, below, files in os.walk(folder):
        # What lies below a folder that is closed to others is hidden, too.
        below[:] = [one for one in below if passable(os.path.join(name, one))]
        for path in (pathlib.Path(name, one) for one in files):
            try:
                if shown(path):
                    told["read"] += 1
                    if shows(path.read_bytes()):
                        told["files"].append(str(path))
            except OSError:
                continue
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        line = path.read_bytes()
    except OSError:
        continue
    if shows(line):
        told["processes"].append(line.split(b"\\0")[0].decode(errors="replace"))
print(json.dumps(told))
"""


def question(secrets: Iterable[str], folders: Iterable[str] = FOLDERS) -> str:
    """The argument of SEARCH."""
    return json.dumps([[hashlib.sha256(secret.encode()).hexdigest() for secret in secrets], list(folders)])


def found(host: Any, secrets: Iterable[str]) -> dict[str, Any]:
    """What SEARCH tells on a host of testinfra: files, processes, and how many files were read."""
    told: dict[str, Any] = json.loads(host.check_output("python3 -c %s %s", SEARCH, question(secrets)))
    return told
