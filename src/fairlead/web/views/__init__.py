"""Pages. A view reads as: find, one domain call, render or redirect."""
