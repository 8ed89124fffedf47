"""Tables of routes, one file per part of the programme."""
