"""Populations of millions: level and quota by several engines, over the same Parquet tables."""
