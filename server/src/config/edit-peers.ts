// SPDX-License-Identifier: GPL-3.0-or-later

// Changes to the section `peers` of a configuration's text. Guards everything else in the text:
// other keys, comments and their order stay; who calls parses the result before it is used.

import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, YAMLSeq } from "yaml";
import type { PeerSettings } from "./config.js";

const SECTION = "peers";

/** The text with a peer in it; the addresses are added to those it has there. */
export function withPeer(text: string, { id, addrs }: PeerSettings): string {
  const document = parseDocument(text);
  const peers = peersOf(document);
  const known = findPeer(peers, id.toString());
  if (known === undefined) {
    const peer = addrs.length > 0 ? { id: id.toString(), addrs } : { id: id.toString() };
    peers.add(document.createNode(peer));
  } else {
    const had = document.createNode(known.get("addrs") ?? []).toJSON() as readonly string[];
    const all = [...new Set([...had, ...addrs])];
    if (all.length > had.length) known.set("addrs", document.createNode(all));
  }
  return print(document);
}

/** The text without a peer; the same text if it is not there. */
export function withoutPeer(text: string, id: PeerSettings["id"]): string {
  const document = parseDocument(text);
  const peers = document.get(SECTION);
  if (!isSeq(peers)) return text;
  const known = findPeer(peers, id.toString());
  if (known === undefined) return text;
  peers.items.splice(peers.items.indexOf(known), 1);
  return print(document);
}

/** The list of peers; where the section holds nothing but comments, or is not there, a new one. */
function peersOf(document: Document): YAMLSeq {
  const peers = document.get(SECTION, true);
  if (isSeq(peers)) {
    if (peers.items.length === 0) peers.flow = false;
    return peers;
  }
  const list = new YAMLSeq(document.schema);
  // What an empty section had for comments.
  if (isScalar(peers)) {
    list.commentBefore = [peers.commentBefore, peers.comment].filter(Boolean).join("\n") || null;
  }
  if (document.contents === null) document.contents = document.createNode({});
  document.set(SECTION, list);
  return list;
}

function findPeer(peers: YAMLSeq, id: string): YAMLMap | undefined {
  return peers.items.filter(isMap).find((peer) => peer.get("id") === id);
}

function print(document: Document): string {
  return document.toString({ lineWidth: 0 });
}
