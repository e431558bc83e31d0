// SPDX-License-Identifier: GPL-3.0-or-later

// The links between every two places, made when first used: what was said for all of them, and
// then what was said for some, the last word counting.

import { CLEAN_LINK, createLinkModel, type LinkModel, type LinkOptions } from "./link-model.js";
import type { World } from "./world.js";

/** One end of a link: an IP address as text, and the host that has it if there is one. */
export interface Place {
  readonly ip: string;
  readonly host: string | undefined;
}

/** The links of a network. */
export interface Links {
  /** Says how one direction is from now on. A place is an IP address, a host's name or `*`. */
  set(from: string, to: string, options: Partial<LinkOptions>): void;
  /** The link of one direction. */
  between(from: Place, to: Place): LinkModel;
}

interface Rule {
  readonly from: string;
  readonly to: string;
  readonly options: Partial<LinkOptions>;
}

/** Links that are all alike until something is said. */
export function createLinks(world: World, defaults: Partial<LinkOptions>): Links {
  const rules = new Map<string, Rule>();
  const models = new Map<string, { readonly model: LinkModel; from: Place; to: Place }>();
  const optionsOf = (from: Place, to: Place): LinkOptions => {
    let options: LinkOptions = { ...CLEAN_LINK, ...defaults };
    for (const rule of rules.values()) {
      if (fits(rule.from, from) && fits(rule.to, to)) options = { ...options, ...rule.options };
    }
    return options;
  };
  return {
    set(from, to, options) {
      const key = `${from}>${to}`;
      const earlier = rules.get(key);
      rules.delete(key);
      rules.set(key, { from, to, options: { ...earlier?.options, ...options } });
      for (const link of models.values()) link.model.options = optionsOf(link.from, link.to);
    },
    between(from, to) {
      const key = `${from.host}/${from.ip}>${to.host}/${to.ip}`;
      let link = models.get(key);
      if (link === undefined) {
        const random = (purpose: string) => world.random(`link ${key} ${purpose}`);
        link = { model: createLinkModel(optionsOf(from, to), random), from, to };
        models.set(key, link);
      }
      return link.model;
    },
  };
}

function fits(said: string, place: Place): boolean {
  return said === "*" || said === place.ip || said === place.host;
}
