"""How fast khung is, beside others, on the same work in the same run."""
