"""Folium shells: rows in, a page out."""
