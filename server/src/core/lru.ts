// SPDX-License-Identifier: GPL-3.0-or-later

/** A map that holds so many entries and forgets the one used longest ago. */
export interface Lru<K, V> {
  /** The value, which now counts as used. */
  get(key: K): V | undefined;
  /** Adds or replaces, forgetting the one used longest ago where there is no room. */
  set(key: K, value: V): void;
  delete(key: K): boolean;
  clear(): void;
  size(): number;
}

/** An empty one for `limit` entries, 1 at least. */
export function createLru<K, V>(limit: number): Lru<K, V> {
  const entries = new Map<K, V>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= limit) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        return;
      }
    },
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
    size() {
      return entries.size;
    },
  };
}
