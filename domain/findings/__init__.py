"""What several facts say together (疑点): judged anew from facts in event-time order.

A finding never rewrites a scan's decision; it becomes an alert, and a person decides.
"""

from domain.findings.finding import Finding, Kind, merged
from domain.findings.judge import judge
from domain.findings.scene import Scene
from domain.findings.sighting import Sighting, sighting_of
from domain.findings.watch import Watch

__all__ = [
    "Finding",
    "Kind",
    "Scene",
    "Sighting",
    "Watch",
    "judge",
    "merged",
    "sighting_of",
]
