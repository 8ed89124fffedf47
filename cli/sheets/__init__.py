"""Spreadsheets of pickups: what people have, turned into what the API takes."""
