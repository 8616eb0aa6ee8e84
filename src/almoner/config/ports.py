"""Whether a port is free.

The server's workers share theirs, and so would two servers: each would answer some of the visitors.
"""

import errno
import socket


class PortTaken(RuntimeError):
    """Something else answers at the port."""


def free(host: str, port: int) -> int:
    """`port` if nothing listens there, any free one for 0. Raises `PortTaken`; of a host that isn't ours, OSError."""
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family) as probe:
        # A port whose last connections only linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(f"Port {port} is taken. Choose another one with PORT or --port.") from None
        found: int = probe.getsockname()[1]
        return found
