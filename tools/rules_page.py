"""Write the table of docs/vm-import-rules.md from the catalogue that assesses machines: `make docs`."""

from __future__ import annotations

import sys

from tools.inventory_page import CHECKOUT, MARK

PAGE = CHECKOUT / "docs" / "vm-import-rules.md"


def written(text: str) -> str:
    """The page with its table as the catalogue is now."""
    # Found through the laid out collections, which only now are on the path.
    from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.catalogue import table

    return text.partition(MARK)[0] + MARK + "\n\n" + table() + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT / ".ansible" / "collections"))
    PAGE.write_text(written(PAGE.read_text()))
