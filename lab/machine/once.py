"""A command that comes again, because its client waited in vain for a moment, is answered again and not done again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyghmi.ipmi.private import serversession


class OnceSession(serversession.ServerSession):  # type: ignore[misc]
    """A session that knows its last command by the number the client gave it.

    Clients repeat a command under the same number after half a second. On a busy machine an answer takes longer now
    and then; who counts commands, or faults that are used up by them, must not count such a command twice.
    """

    asked: tuple[Any, ...] = ()
    answer: dict[str, Any] | None = None

    def handle_client_request(self, request: Any) -> None:
        asked = (self.seqlun, request["netfn"], request["command"], bytes(request["data"]))
        if asked == self.asked and self.answer is not None:
            super().send_ipmi_response(**self.answer)
            return
        self.asked, self.answer = asked, None
        super().handle_client_request(request)

    def send_ipmi_response(self, data: Sequence[int] = (), code: int = 0) -> None:
        self.answer = {"data": list(data), "code": code}
        super().send_ipmi_response(**self.answer)
