"""A fake `esp`: remembers how the GPIO matrix was set."""
# MIT License; see LICENSE

routes = []


def gpio_matrix_out(pin, signal, invert, invert_enable):
    routes.append(("out", pin, signal, invert, invert_enable))


def gpio_matrix_in(pin, signal, invert):
    routes.append(("in", pin, signal, invert))
