"""The same acts and reads as the pages, as JSON under /api/, with an OpenAPI schema."""
