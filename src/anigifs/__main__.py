"""``python -m anigifs``, which is what torchrun starts."""

from anigifs.cli.main import main

if __name__ == "__main__":
    main()
