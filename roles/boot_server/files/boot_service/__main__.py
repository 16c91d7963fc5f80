"""Run the boot service: `python3 boot_service.pyz CONFIGURATION.json`."""

from __future__ import annotations

import sys

from boot_service.server import serve

if __name__ == "__main__":
    serve(sys.argv[1])
