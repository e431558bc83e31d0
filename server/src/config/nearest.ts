// SPDX-License-Identifier: GPL-3.0-or-later

/** Case and separators left out: `nodesPerClient` and `nodes-per-client` are `nodes_per_client`. */
const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * How many letters must be changed, added, left out or swapped with their neighbour to turn one
 * word into the other (Damerau-Levenshtein, optimal string alignment). Time and memory are the
 * product of the lengths.
 */
export function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= to.length; j++) {
      const changed = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        changed,
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        swapped ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return at(from.length, to.length);
}

/**
 * The known name that was probably meant: the one at the smallest distance, which is at most a
 * third of its length, or else one that begins the same. Undefined when none comes close.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = bare(name);
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const distance = editDistance(wanted, bare(candidate));
    if (distance <= Math.max(1, bare(candidate).length / 3) && distance < least) {
      best = candidate;
      least = distance;
    }
  }
  if (best !== undefined || wanted.length < 3) return best;
  return known.find((candidate) => {
    const other = bare(candidate);
    return other.startsWith(wanted) || wanted.startsWith(other);
  });
}
