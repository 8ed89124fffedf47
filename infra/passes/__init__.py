"""Signed passes, lists and lane sheets: made by any node, opened without one."""
