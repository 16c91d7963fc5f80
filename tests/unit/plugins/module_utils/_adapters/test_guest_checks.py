"""What a guest says reaches people without what steers their terminal."""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.guest_checks import plain


def test_sequences_of_a_terminal_are_left_out() -> None:
    assert plain("\x1b[H\x1b[J\x1b[1;1HIRONACRE-GUEST-UP 3.25\r") == "IRONACRE-GUEST-UP 3.25"


def test_a_title_a_bell_and_a_bare_escape_cannot_pass() -> None:
    assert not set(plain("\x1b]0;title\x07login:\x08\x9b31m")) & {"\x1b", "\x07", "\x08", "\x9b"}
