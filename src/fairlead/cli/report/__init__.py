"""Reports as one HTML file that needs nothing else: inline drawings and style, no script, nothing fetched."""
