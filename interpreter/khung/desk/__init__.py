"""The desk: a page in the browser of the same machine, over the files that the commands read."""
