"""What differs between the ports of MicroPython: addresses, own address, sick sockets."""
# MIT License; see LICENSE

import socket

try:
    import network
except ImportError:
    network = None

_PACKED = hasattr(socket, "sockaddr")  # the Unix port gives and takes addresses as bytes
_MAX_KNOWN = 16

# On lwIP an empty datagram makes every later read return nothing at once, for good.
EMPTY_READ_IS_FATAL = network is not None

_known = {}  # packed address: (ip, port), and the reverse


def to_socket(address):
    """Return what `sendto` and `bind` want for (ip, port)."""
    if not _PACKED:
        return address
    packed = _known.get(address)
    if packed is None:
        packed = bytes(socket.getaddrinfo(address[0], address[1])[0][-1])
        _remember(address, packed)
    return packed


def from_socket(address):
    """Return (ip, port) for what `recvfrom` gave."""
    if not _PACKED:
        return address
    pair = _known.get(address)
    if pair is None:
        family, ip, port = socket.sockaddr(address)[:3]
        pair = (socket.inet_ntop(family, ip), port)
        _remember(address, pair)
    return pair


def resolve(host, port):
    """Return (ip, port) of a name; blocks while DNS is asked. Raises OSError."""
    found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)[0][-1]
    return from_socket(bytes(found) if _PACKED else found)


def _remember(key, value):
    if len(_known) >= _MAX_KNOWN:
        _known.clear()
    _known[key] = value


def local_ip():
    """Return the IPv4 address of this board on its network; 127.0.0.1 where there is no radio."""
    if network is None:
        return "127.0.0.1"
    return network.WLAN(network.WLAN.IF_STA).ifconfig()[0]


def look(poller):
    """Return the poller's function that waits; CPython has only the one that makes a list."""
    return getattr(poller, "ipoll", poller.poll)


def udp_socket(ip, port):
    """Return a non-blocking UDP socket bound to ip and port. Raises OSError."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.bind(to_socket((ip, port)))
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock
