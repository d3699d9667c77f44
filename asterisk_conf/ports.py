"""Checks that a site's ports are free before Asterisk starts."""

import errno
import socket

from asterisk_conf.site import Ports

LOOPBACK = "127.0.0.1"


def port_problems(host: str, ports: Ports) -> tuple[str, ...]:
    """A line with what to do for each port that cannot be used; empty when all can.

    SIP listens at ``host``, the rest on loopback. The RTP range is not tried: Asterisk skips ports
    of it that are in use.
    """
    wanted = (
        (host, "sip", ports.sip, socket.SOCK_DGRAM),
        (host, "sip", ports.sip, socket.SOCK_STREAM),
        (LOOPBACK, "http", ports.http, socket.SOCK_STREAM),
        (LOOPBACK, "ami", ports.ami, socket.SOCK_STREAM),
    )
    found = (_port_problem(where, name, port, kind) for where, name, port, kind in wanted)
    return tuple(line for line in found if line)


def _port_problem(host: str, name: str, port: int, kind: socket.SocketKind) -> str:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:  # as servers do: a port that only lingers is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _explained(
                error, host, f"{port}/{'tcp' if kind is socket.SOCK_STREAM else 'udp'}", name
            )
    return ""


def _explained(error: OSError, host: str, port: str, name: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use; set ports.{name}, or shift all with --port-offset"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {host}; set host to one of its own, as 127.0.0.1"
    if error.errno == errno.EACCES:
        return f"port {port} needs root; set ports.{name} to 1024 or more"
    return f"port {port} cannot be used ({error.strerror}); set ports.{name}"
