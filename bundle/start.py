"""Where the bundle begins: as `python -m khung`."""

from multiprocessing import freeze_support

from khung.__main__ import main

if __name__ == "__main__":
    freeze_support()  # a process that shares the work begins here, too
    main()
