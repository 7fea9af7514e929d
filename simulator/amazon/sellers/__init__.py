"""The APIs about a seller: marketplaces and listings."""
