// SPDX-License-Identifier: GPL-3.0-or-later

// One end of a measurement, a process of its own: told by its parent what to do, one message each.
const [, , kind, socketPath, role, batchBytes, peer] = process.argv;
const { openWire } = await import(kind === "hub" ? "./wire-hub.mjs" : "./wire-daemon.mjs");
const wire = await openWire(socketPath, role, Number(batchBytes), peer);

const commands = {
  /** Counts arrivals until told otherwise. */
  count() {
    let count = 0;
    let first = 0;
    let last = 0;
    wire.onCount((more) => {
      last = performance.now();
      if (count === 0) first = last;
      count += more;
    });
    return { report: () => ({ count, ms: last - first }) };
  },
  /** Sends back whatever comes. */
  echo() {
    wire.onEach((payload) => wire.send(payload));
  },
  async push({ size, ms }) {
    const stop = performance.now() + ms;
    const start = performance.now();
    const sent = await wire.push(new Uint8Array(size).fill(1), () => performance.now() >= stop);
    return { sent, ms: performance.now() - start };
  },
  /** One message out, one back, again and again. */
  async roundTrips({ size, count }) {
    const times = [];
    const payload = new Uint8Array(size).fill(1);
    let arrived = () => {};
    wire.onEach(() => arrived());
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await new Promise((resolve) => {
        arrived = resolve;
        wire.send(payload);
      });
      times.push((performance.now() - start) * 1000);
    }
    times.sort((a, b) => a - b);
    const at = (share) => Math.round(times[Math.floor((times.length - 1) * share)]);
    return { p50: at(0.5), p99: at(0.99) };
  },
};

let counting;
process.on("message", async ({ command, options }) => {
  if (command === "close") {
    await wire.close();
    process.disconnect();
    return;
  }
  if (command === "report") {
    process.send(counting.report());
    return;
  }
  const result = await commands[command](options);
  if (command === "count") counting = result;
  process.send(command === "count" ? {} : (result ?? {}));
});
process.send({ address: wire.address });
