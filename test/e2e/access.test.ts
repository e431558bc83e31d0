// SPDX-License-Identifier: GPL-3.0-or-later

// Who may call a daemon over TCP (rule P1), with real processes: nobody without the token, for no
// service, and over mutual TLS nobody without a certificate either.

import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import { connect as dialTls } from "node:tls";
import { credentials, Metadata, status } from "@grpc/grpc-js";
import { type ConnectOptions, connect, generateKey } from "@inet256/client";
import { createGrpcCaller, errorOfStatus, type GrpcCaller } from "@inet256/client/grpc";
import { AdminService, health, NodeService, reflection, reflectionAlpha } from "@inet256/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Access, startAccessDaemons } from "../support/access.js";
import { createWorkshop, type Workshop } from "../support/processes.js";
import { leaksOf } from "../support/secrets.js";
import { until } from "../support/until.js";

let workshop: Workshop;
let access: Access;
beforeAll(async () => {
  workshop = createWorkshop();
  access = await startAccessDaemons(workshop);
});
afterAll(() => workshop.end());

const WRONG = "0".repeat(64);

/** How a client that shows this is answered: the reason, or "served". */
async function answerTo(endpoint: string, options: ConnectOptions): Promise<string> {
  const client = connect(endpoint, options);
  try {
    await client.status();
    return "served";
  } catch (error) {
    return error instanceof Error && "reason" in error ? String(error.reason) : "?";
  } finally {
    await client.close();
  }
}

/** One call of every service over a connection of its own; how each ended. */
async function tryEverything(metadata: Metadata): Promise<readonly string[]> {
  const services = [
    NodeService.method.connect,
    NodeService.method.generateKey,
    AdminService.method.getStatus,
    health.Health.method.check,
    health.Health.method.watch,
    reflection.ServerReflection.method.serverReflectionInfo,
    reflectionAlpha.ServerReflection.method.serverReflectionInfo,
  ];
  const target = access.tcp.replace("tcp://", "");
  return Promise.all(
    services.map((method) => {
      const options = { "grpc.use_local_subchannel_pool": 1 };
      const caller: GrpcCaller = createGrpcCaller(target, credentials.createInsecure(), options);
      const call = caller.rawBidi(method, metadata);
      return new Promise<string>((resolve) => {
        call.on("error", () => {});
        call.on("data", () => {});
        call.on("status", (ended) => {
          caller.client.close();
          resolve(
            ended.code === status.OK ? "served" : `${ended.code} ${errorOfStatus(ended).reason}`,
          );
        });
        if (method.methodKind === "unary") call.write(Buffer.alloc(0));
        call.end();
      });
    }),
  );
}

describe("no-token-no-call", () => {
  it("is so for every service", async () => {
    const refused = `${status.UNAUTHENTICATED} UNAUTHENTICATED`;
    expect(new Set(await tryEverything(new Metadata()))).toEqual(new Set([refused]));
    const wrong = new Metadata();
    wrong.set("authorization", `Bearer ${WRONG}`);
    expect(new Set(await tryEverything(wrong))).toEqual(new Set([refused]));
    const basic = new Metadata();
    basic.set("authorization", `Basic ${access.token}`);
    expect(new Set(await tryEverything(basic))).toEqual(new Set([refused]));
  });

  it("over TCP and over TLS", async () => {
    const { token, tcp, tls } = access;
    const ca = { ca: access.authority.cert };
    expect(await answerTo(tcp, {})).toBe("UNAUTHENTICATED");
    expect(await answerTo(tcp, { token: WRONG })).toBe("UNAUTHENTICATED");
    expect(await answerTo(tcp, { token })).toBe("served");
    expect(await answerTo(tls, { tls: ca })).toBe("UNAUTHENTICATED");
    expect(await answerTo(tls, { tls: ca, token: `${token}0` })).toBe("UNAUTHENTICATED");
    expect(await answerTo(tls, { tls: ca, token })).toBe("served");
    // A daemon that nobody vouches for gets no token.
    expect(await answerTo(tls, { token })).toBe("UNAVAILABLE");
    expect(await answerTo(workshop.endpoint, {})).toBe("served");
  });

  it("and a node that is opened over TLS talks like any other", async () => {
    const options = { token: access.token, tls: { ca: access.authority.cert } };
    const [far, near] = [connect(access.tls, options), connect(workshop.endpoint)];
    const [a, b] = [await far.open(generateKey()), await near.open(generateKey())];
    await a.send(b.address, Buffer.from("over TLS"));
    const { source, payload } = await b.receive();
    await b.send(source, payload);
    expect(Buffer.from((await a.receive()).payload).toString()).toBe("over TLS");
    await Promise.all([far.close(), near.close()]);
  });
});

describe("mutual-tls-no-certificate-no-call", () => {
  it("is so", async () => {
    const { mutual, token, authority, client, stranger } = access;
    const ca = authority.cert;
    expect(await answerTo(mutual, { token, tls: { ca } })).toBe("UNAVAILABLE");
    const { cert, key } = stranger;
    expect(await answerTo(mutual, { token, tls: { ca, cert, key } })).toBe("UNAVAILABLE");
    expect(await answerTo(mutual, { tls: { ...client, ca } })).toBe("UNAUTHENTICATED");
    expect(await answerTo(mutual, { token, tls: { ...client, ca } })).toBe("served");
    const line = await access.mutualDaemon.stderr.waitFor(/"certificate":"a client"/);
    expect(line).toBeTruthy();
  });

  it("and the command takes all of it from files that the environment names", async () => {
    const env = {
      INET256_API_TOKEN_FILE: "token",
      INET256_API_CA_FILE: "ca.pem",
      INET256_API_CERT_FILE: "client-cert.pem",
      INET256_API_KEY_FILE: "client-key.pem",
    };
    const words = ["--api", access.mutual, "status", "--json"];
    const answered = await workshop.run(words, { env });
    expect([answered.code, answered.stderr]).toEqual([0, ""]);
    const without = await workshop.run(words, { env: { ...env, INET256_API_TOKEN_FILE: "" } });
    expect([without.code, without.stdout]).toEqual([1, ""]);
    expect(without.stderr).toContain("authorization");
  });
});

describe("TLS", () => {
  it("tls-1.3-and-h2-only", async () => {
    const port = Number(/\d+$/.exec(access.tls)?.[0]);
    const handshake = async (options: object): Promise<string> => {
      const socket = dialTls({ host: "127.0.0.1", port, ca: access.authority.cert, ...options });
      try {
        await once(socket, "secureConnect");
        // A client that the daemon refuses finds out after its own half of the handshake.
        const ended = new Promise<string>((resolve) => socket.once("close", () => resolve("cut")));
        const settings = once(socket, "data").then(() => socket.getProtocol() ?? "?");
        return await Promise.race([ended, settings]);
      } catch {
        return "refused";
      } finally {
        socket.destroy();
      }
    };
    expect(await handshake({ ALPNProtocols: ["h2"] })).toBe("TLSv1.3");
    expect(await handshake({ ALPNProtocols: ["h2"], maxVersion: "TLSv1.2" })).toBe("refused");
    expect(await handshake({ ALPNProtocols: ["http/1.1"] })).toBe("refused");
    expect(await handshake({})).toBe("cut");
  });
});

describe("strangers", () => {
  it("refusals-slow-down-and-end", async () => {
    const caller = createGrpcCaller(
      access.tcp.slice("tcp://".length),
      credentials.createInsecure(),
      {
        "grpc.use_local_subchannel_pool": 1,
      },
    );
    const answers: number[] = [];
    const channel = caller.client.getChannel();
    const wasReady: string[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      const reason = await new Promise<string>((resolve) => {
        caller.unary(AdminService.method.getStatus, {}, new Metadata(), (error) =>
          resolve(error === null ? "served" : errorOfStatus(error).reason),
        );
      });
      answers.push(performance.now() - start);
      wasReady.push(reason);
    }
    expect(new Set(wasReady)).toEqual(new Set(["UNAUTHENTICATED"]));
    // Each waits for 100 ms more than the one before it.
    expect(answers[4]).toBeGreaterThan(390);
    await until("the connection is cut", () => channel.getConnectivityState(false) !== 2);
    caller.client.close();
  });

  it("strangers-are-few-and-take-no-place", async () => {
    const port = Number(/\d+$/.exec(access.tcp)?.[0]);
    const sockets: Socket[] = [];
    let closed = 0;
    for (let i = 0; i < 80; i++) {
      const socket = dial(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("close", () => {
        closed += 1;
      });
      sockets.push(socket);
    }
    // 64 have a place, at most; a few that came before may still be there.
    await until("the others are cut", () => closed >= 16);
    const local = connect(workshop.endpoint);
    const { clients } = await local.status();
    expect(clients).toBe(1);
    await local.close();
    // There is room again when they go.
    for (const socket of sockets) socket.destroy();
    expect(await answerTo(access.tcp, { token: access.token })).toBe("served");
  });

  it("calls-of-what-is-not-there-are-counted-too", async () => {
    const { default: http2 } = await import("node:http2");
    const session = http2.connect(access.tcp.replace("tcp:", "http:"));
    session.on("error", () => {});
    let closed = false;
    session.on("close", () => {
      closed = true;
    });
    let answered = 0;
    for (let i = 0; i < 200 && !closed; i++) {
      const stream = session.request({
        ":method": "POST",
        ":path": `/nothing/${i}`,
        "content-type": "application/grpc",
      });
      stream.on("error", () => {});
      stream.on("response", () => {
        answered += 1;
      });
      stream.end();
    }
    await until("it is cut", () => closed);
    // The one at which it is cut may still be answered.
    expect(answered).toBeLessThanOrEqual(33);
  });
});

describe("the log", () => {
  it("audit-lines-hold-no-secret", async () => {
    const { daemon, mutualDaemon, token } = access;
    const text = daemon.stderr.text + mutualDaemon.stderr.text;
    for (const said of [
      "client connected",
      "client gone",
      "refused",
      "node opened",
      "node closed",
    ]) {
      expect(text).toContain(`audit: ${said}`);
    }
    expect(text).toMatch(/"pid":\d+,"uid":\d+/);
    const secrets = {
      token: Buffer.from(token, "hex"),
      text: Buffer.from(token),
      wrong: Buffer.from(WRONG),
    };
    expect(leaksOf(secrets, text)).toEqual([]);
  });
});
