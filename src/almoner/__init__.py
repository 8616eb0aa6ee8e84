"""Almoner: open-source, self-hosted online giving for charities."""

__version__ = "0.1.0"
