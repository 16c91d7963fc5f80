"""Write the tables of docs/inventory.md from the schema that checks an inventory: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MARK = "<!-- from here on written by `make docs` -->"
PAGE = CHECKOUT / "docs" / "inventory.md"


def written(text: str) -> str:
    """The page with its tables as the schema is now."""
    # Found through the laid out collections, which only now are on the path.
    from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.reference import tables
    from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.schema import VARIABLES

    return text.partition(MARK)[0] + MARK + "\n" + tables(VARIABLES) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT / ".ansible" / "collections"))
    PAGE.write_text(written(PAGE.read_text()))
