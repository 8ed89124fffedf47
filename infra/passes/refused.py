"""Why a pass or a list was not accepted: one stable code, the same in Python and JS."""


class Refused(Exception):  # noqa: N818 -- what the opener did, not an error of ours
    """`code` is one of those that docs/passes.md lists."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail
