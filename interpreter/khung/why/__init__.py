"""What a result hangs on: questions asked of results, by evaluating the case again."""
