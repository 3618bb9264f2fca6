"""What the runtime does for viper functions, one thing in each."""
# MIT License; see LICENSE

PAIR = (1, 2)


@micropython.viper
def nothing():
    pass


@micropython.viper
def load_one():
    PAIR  # noqa: B018


@micropython.viper
def load_nine():
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018
    PAIR  # noqa: B018


@micropython.viper
def subscript():
    PAIR[0]  # noqa: B018


@micropython.viper
def call():
    nothing()


@micropython.viper
def take_none() -> int:
    return 0


@micropython.viper
def take_four(a: int, b: int, c: int, d: int) -> int:
    return 0


@micropython.viper
def pass_none():
    take_none()


@micropython.viper
def pass_four():
    a = int(len(PAIR))
    take_four(a, a, a, a)


@micropython.viper
def length():
    int(len(PAIR))
    take_none()


@micropython.viper
def divide_one(x: int, y: int) -> int:
    return x // y


@micropython.viper
def divide_nine(x: int, y: int) -> int:
    return x // y // y // y // y // y // y // y // y // y
