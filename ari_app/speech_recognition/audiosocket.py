"""AudioSocket: the sound of a channel over TCP, as Asterisk's application of that name sends it.

A message is a kind (one byte), the length of its payload (two bytes, big-endian) and the payload.
The first is the UUID of the connection; sound is signed linear PCM, 16 bits, little-endian, 8 kHz,
20 ms a message. Source: https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/
"""

import asyncio
import uuid
from collections.abc import AsyncIterator

HANGUP, UUID, SOUND = 0x00, 0x01, 0x10
"""Kinds of messages; all others (keys, errors) are passed over."""

HANG_UP = bytes(3)
"""The message that ends a connection."""

SILENT = 60.0
"""Seconds without a message after which a connection is over: phones may send no silence."""

FRAME = 160
"""Samples of a message: 20 ms."""


async def identity(reader: asyncio.StreamReader) -> str:
    """The UUID with which a connection begins; "" if it begins with anything else."""
    kind, payload = await _message(reader)
    return str(uuid.UUID(bytes=payload)) if kind == UUID and len(payload) == 16 else ""


async def sound(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The sound of a connection until it ends, or nothing came for :data:`SILENT`."""
    while True:
        try:
            async with asyncio.timeout(SILENT):
                kind, payload = await _message(reader)
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            return
        if kind == HANGUP:
            return
        if kind == SOUND:
            yield payload


async def _message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readexactly(3)
    return head[0], await reader.readexactly(int.from_bytes(head[1:], "big"))
