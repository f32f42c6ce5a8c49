"""What rules, values and conditions are called and say, in the labels of a rulebook."""
