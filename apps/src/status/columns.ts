// SPDX-License-Identifier: GPL-3.0-or-later

/** Rows of several columns. */

/** Where the cells of a column begin or end. */
export type Align = "left" | "right";

/** Two spaces between columns; each as wide as its widest cell. No line ends with spaces. */
export function formatColumns(
  rows: readonly (readonly string[])[],
  aligns: readonly Align[],
): string[] {
  const widths = aligns.map((_, i) => Math.max(0, ...rows.map((row) => (row[i] ?? "").length)));
  const cell = (row: readonly string[], i: number): string => {
    const [text, width] = [row[i] ?? "", widths[i] ?? 0];
    return aligns[i] === "right" ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) =>
    aligns
      .map((_, i) => cell(row, i))
      .join("  ")
      .trimEnd(),
  );
}
