"""A team as an outside coach would write about it: each sentence from data, with the page it comes from."""
