"""YAML text to nodes that know their places, and the shape of node trees."""
