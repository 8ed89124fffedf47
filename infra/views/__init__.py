"""Read models in SQLite: one file each, rows and tracking in one transaction."""

from infra.views.folder import open_views, rebuild_apart

__all__ = ["open_views", "rebuild_apart"]
