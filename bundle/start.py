"""Where the bundle begins: as `python -m khung`."""

from khung.__main__ import main

main()
