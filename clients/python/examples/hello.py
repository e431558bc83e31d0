# SPDX-License-Identifier: Apache-2.0
"""Two processes talk. One waits:  python hello.py
The other says hello to the address that it printed:  python hello.py ADDRESS"""

import asyncio
import sys

import inet256


async def listen(node: inet256.Node) -> None:
    print(node.address, flush=True)
    async for source, payload in node:
        print(f"{source} says {payload.decode()}", flush=True)
        await node.send(source, f"hello, {source}".encode())


async def greet(node: inet256.Node, to: inet256.Address) -> None:
    await node.send(to, b"hello")
    answer = await node.receive()
    print(f"{answer.source} says {answer.payload.decode()}")


async def main() -> None:
    key = inet256.generate_key()
    async with inet256.connect() as client, await client.open(key) as node:
        if len(sys.argv) > 1:
            await greet(node, inet256.Address.parse(sys.argv[1]))
        else:
            await listen(node)


asyncio.run(main())
