"""An SMTP server for tests: counts what it accepts, and breaks where it is told to."""

import asyncio
import contextlib
import random
import re
import threading
from collections import Counter
from email.parser import BytesParser
from email.policy import default


class Sink:
    """Listens on a free port in a thread of its own.

    Modes: `ok`; `busy` (451 at RCPT); `closing` (421 at MAIL); `policy`
    (550 5.7.1 to everybody); `drop` (accepts, then hangs up before the
    answer); `early` (hangs up at DATA); `hang` (never answers DATA).
    `refuse` is a set of addresses that get 550. `share` of the mails get the
    mode, the rest are taken. `delay` in seconds before the answer.
    `pipelining` takes several commands in one write (RFC 2920); `careless`
    says 354 even where it has refused every address.
    """

    def __init__(
        self, mode="ok", *, share=1.0, delay=0.0, seed=20260105, pipelining=False, careless=False
    ):
        self.mode, self.share, self.delay = mode, share, delay
        self.pipelining, self.careless = pipelining, careless
        self.refuse: set[str] = set()
        self.accepted: Counter[str] = Counter()
        self.mails: list[bytes] = []
        self.refused: dict[object, bool] = {}
        self.connections = 0
        self.keep = False
        self.random = random.Random(seed)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20), self.loop
        ).result()
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    async def _end(self):
        self.server.close()
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def parsed(self):
        return [BytesParser(policy=default).parsebytes(mail) for mail in self.mails]

    async def _serve(self, reader, writer):
        self.connections += 1
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            await self._say(writer, "220 sink")
            while line := await reader.readline():
                if await self._answer(line.decode().strip(), reader, writer):
                    break
            writer.close()
            await writer.wait_closed()
            return
        writer.transport.abort()

    async def _say(self, writer, text):
        writer.write(text.encode() + b"\r\n")
        await writer.drain()

    def _breaks(self, mode):
        return self.mode == mode and self.random.random() < self.share

    async def _answer(self, line, reader, writer):
        """Answer one command; true where the connection ends."""
        verb = line[:4].upper()
        if verb in ("EHLO", "HELO"):
            more = "250-PIPELINING\r\n" if self.pipelining else ""
            await self._say(writer, f"250-sink\r\n{more}250 8BITMIME")
        elif verb == "MAIL" and self._breaks("closing"):
            await self._say(writer, "421 closing")
            return True
        elif verb == "RCPT":
            said = self._recipient(line)
            self.refused[writer] = not said.startswith("250")
            await self._say(writer, said)
        elif verb == "DATA" and self.refused.get(writer) and not self.careless:
            await self._say(writer, "554 no valid recipients")
        elif verb == "DATA":
            return await self._data(reader, writer)
        elif verb == "QUIT":
            await self._say(writer, "221 bye")
            return True
        else:
            await self._say(writer, "250 ok")
        return False

    def _recipient(self, line):
        address = re.search(r"<(.*?)>", line).group(1)
        if address in self.refuse:
            return "550 5.1.1 no such person"
        if self._breaks("policy"):
            return "550 5.7.1 relaying denied"
        return "451 try later" if self._breaks("busy") else "250 ok"

    async def _data(self, reader, writer):
        if self._breaks("early"):
            return True
        await self._say(writer, "354 go")
        mail = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        if self._breaks("hang"):
            await asyncio.sleep(60)
            return True
        if self.delay:
            await asyncio.sleep(self.delay)
        found = re.search(rb"^Message-ID: (.*?)\r$", mail, re.M)
        self.accepted[found.group(1).decode()] += 1
        if self.keep:
            self.mails.append(mail)
        if self._breaks("drop"):
            return True
        await self._say(writer, "250 taken")
        return False
