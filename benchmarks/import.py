"""What an import costs, side by side with the tools people use today. One command, two tables; --json writes a file.

    PYTHONPATH=.:.ansible/collections .ansible/venv/bin/python benchmarks/import.py [--size-mib 512] [--rounds 3]

decode: a streamOptimized VMDK of an OVA to a sparse raw file, against `qemu-img convert` of the bare VMDK. Both end
when the data are on the medium. Ours checks the manifest of the archive and digests every block; qemu-img does neither.
upload: an OVA over TLS to a TLS sink, against `curl` to a file, `tar`, `qemu-img convert`, `curl` of the raw result.
assess, plan: 700 machines in waves; the answer of a plan is its duration divided by what no order can beat.
inventory: 700 machines of the lab's vCenter, in bulk against one after the other (benchmarks/inventory.py); needs Go.

CPU seconds count the whole process tree: on a shared machine they are the figure to trust. Rounds are interleaved.
"""

from __future__ import annotations

import argparse
import http.server
import json
import multiprocessing
import random
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from benchmarks import inventory
from benchmarks.measuring import Row, measured, medians
from benchmarks.tables import tables
from tests.assets.machines import make_ova

MIB = 1 << 20
DECODE = """
import sys
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_copy import DiskCopy
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_sources import open_source
DiskCopy(open_source(None, None, {"type": "ova", "path": sys.argv[1]}), sys.argv[2]).run()
"""
UPLOAD = """
import sys
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.cdi_upload import CdiUpload, Endpoint
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_package
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.digest import DiskDigest, digesting
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.wire import encode
package = open_package({"type": "ova", "url": sys.argv[1], "ca_path": sys.argv[3]})
disk = package.vm().disks[0]
stream = digesting(package.disk(disk).extents(), DiskDigest(disk.capacity))
endpoint = Endpoint("127.0.0.1", int(sys.argv[2]), "localhost", open(sys.argv[3]).read())
CdiUpload(None).send(endpoint, "token", encode(stream, disk.capacity, "zstd"), lambda size: None)
"""
# An estate of 700 machines on 16 hosts; `hot`: two hosts hold five times as much. Prints the plan's ratio to its bound.
ESTATE = """
import random, sys
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.downtime import Item
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.waves import Limits, Window, plan
source = random.Random(1)
weights = [5 if "hot" in sys.argv and n < 2 else 1 for n in range(16)]
items = [Item(f"vm{n}", min(2e6, max(1024, source.lognormvariate(10.8, 1))), datastore=f"ds{source.randrange(8)}",
              host=f"esx{source.choices(range(16), weights)[0]}", network=f"vlan{n % 3}", downtime_limit=1800 * (n % 2),
              dirty_mib_s=0.5) for n in range(700)]
windows = tuple(Window(f"night {n}", 14400) for n in range(14)) if "windows" in sys.argv else ()
"""
PLAN = (
    ESTATE
    + """
print(plan(items, Limits(windows=windows))["ratio"])
"""
)
RULES = """
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.concerns import Subject, Target, report
from tests.assets.estates import some_machine, some_settings
subjects = [Subject(vm, some_settings(n, vm), Target()) for n in range(700) for vm in (some_machine(n),)]
print(sum(report(subjects)["summary"].values()))
"""


def make_export(folder: Path, size_mib: int) -> tuple[Path, Path]:
    """An OVA and its VMDK, written by qemu-img. A third of the disk is text, a sixth random, half empty."""
    source, raw = random.Random(1), folder / "disk.raw"
    with raw.open("wb") as file:
        file.truncate(size_mib * MIB)
        for number in range(size_mib // 2):
            file.seek(number * 2 * MIB)
            words = " ".join(str(source.randrange(10**6)) for _word in range(20000)).encode() * 8
            file.write(source.randbytes(MIB) if number % 3 == 0 else words[:MIB])
    vmdk = folder / "disk.vmdk"
    options = ["-O", "vmdk", "-o", "subformat=streamOptimized"]
    subprocess.run(["qemu-img", "convert", "-f", "raw", *options, str(raw), str(vmdk)], check=True)
    disk = Disk("d0", size_mib * MIB, "disk.vmdk", "streamOptimized")
    vm = Vm("bench", memory_mib=64, id="b", disks=(disk,))
    return make_ova(folder / "bench.ova", vm, {"disk.vmdk": vmdk.read_bytes()}), vmdk


class Sink(http.server.BaseHTTPRequestHandler):
    """Reads a chunked or sized body and forgets it."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None: ...

    def do_POST(self) -> None:
        if self.headers.get("Expect"):
            self.send_response_only(100)
            self.end_headers()
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            left -= len(self.rfile.read(min(left, MIB)))
        while self.headers.get("Transfer-Encoding") == "chunked" and (size := int(self.rfile.readline(), 16)):
            self.rfile.read(size + 2)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True


@contextmanager
def serving(server: http.server.ThreadingHTTPServer) -> Iterator[int]:
    """Serve in a thread; yields the port."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def certified(folder: Path) -> ssl.SSLContext:
    """A certificate for localhost, cert.pem in the folder."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class TlsServer(http.server.ThreadingHTTPServer):
    """Says nothing of peers that leave in the middle: who reads an archive stops where the disk ends."""

    def __init__(self, context: ssl.SSLContext, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None: ...


class Files(http.server.BaseHTTPRequestHandler):
    """Serves one archive, with ranges, as every web server does."""

    protocol_version = "HTTP/1.1"
    path_of_archive: Path

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        size = self.path_of_archive.stat().st_size
        first, _dash, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        start, end = int(first), int(last or size - 1) + 1
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        with self.path_of_archive.open("rb") as file:
            file.seek(start)
            while start < end and (data := file.read(min(MIB, end - start))):
                start += len(data)
                try:
                    self.wfile.write(data)
                except ConnectionError:
                    self.close_connection = True
                    return


def commands(folder: Path, size_mib: int, files: int, sink: int) -> dict[str, list[str]]:
    """Name of a variant -> its command."""
    target, vmdk = str(folder / "out.raw"), str(folder / "disk.vmdk")
    url, certificate = f"https://localhost:{files}/bench.ova", str(folder / "cert.pem")
    staged = f"cd {folder} && curl -sf --cacert {certificate} -o s.ova {url} && tar xf s.ova disk.vmdk -O > s.vmdk"
    staged += " && qemu-img convert -f vmdk -O raw s.vmdk s.raw"
    staged += f" && curl -sf --cacert {certificate} -T s.raw -X POST https://localhost:{sink}/ && rm s.ova s.vmdk s.raw"
    clean = f"rm -f {target} {target}.import.*;"
    decode = [sys.executable, "-c", DECODE, f"{folder}/bench.ova", target]
    return {
        "decode: ours": ["sh", "-c", f'{clean} exec "$@"', "sh", *decode],
        "decode: qemu-img": ["sh", "-c", f"{clean} qemu-img convert -f vmdk -O raw {vmdk} {target} && sync {target}"],
        "upload: ours": [sys.executable, "-c", UPLOAD, url, str(sink), certificate],
        "upload: curl, qemu-img, curl": ["sh", "-c", staged],
        "assess: 700 machines": [sys.executable, "-c", RULES],
        "plan: 700 machines": [sys.executable, "-c", PLAN],
        "plan: 700, two hot hosts": [sys.executable, "-c", PLAN, "hot"],
        "plan: 700, 14 windows": [sys.executable, "-c", PLAN, "windows"],
    }


def read_disks(size_mib: int, rounds: int) -> dict[str, Row]:
    """Figures of decoding, uploading and planning."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        # In a process of its own: its memory would count as that of the children that are measured.
        maker = multiprocessing.Process(target=make_export, args=(folder, size_mib))
        maker.start()
        maker.join()
        handler = type("Archive", (Files,), {"path_of_archive": folder / "bench.ova"})
        context = certified(folder)
        files = stack.enter_context(serving(TlsServer(context, handler)))
        sink = stack.enter_context(serving(TlsServer(context, Sink)))
        variants = commands(folder, size_mib, files, sink)
        found = [{key: measured(*command) for key, command in variants.items()} for _round in range(rounds)]
        files_mib = [(folder / name).stat().st_size / MIB for name in ("bench.ova", "disk.vmdk", "disk.raw")]
    figures = medians(found)
    for key, row in figures.items():
        if key.startswith(("decode", "upload")):
            staged = key == "upload: curl, qemu-img, curl"
            figures[key] = {**row, "staged_mib": round(sum(files_mib) if staged else 0), "writes": 4 if staged else 1}
    return figures


def main() -> None:
    """Run all variants and print the medians."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size-mib", type=int, default=512, help="of the disk; 0 leaves the disks out")
    arguments.add_argument("--machines", type=int, default=700, help="of the inventory; 0 leaves it out")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    figures: dict[str, Row] = read_disks(options.size_mib, options.rounds) if options.size_mib else {}
    if options.machines:
        figures |= inventory.figures(options.machines, options.rounds)
    print(tables(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
