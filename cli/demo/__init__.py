"""The programme of February 2020 played through the public API of a running node."""

from cli.demo.command import demo

__all__ = ["demo"]
