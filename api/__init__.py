"""How people and machines reach it over HTTP."""
