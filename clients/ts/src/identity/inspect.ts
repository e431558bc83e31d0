// SPDX-License-Identifier: Apache-2.0

// The key under which Node's util.inspect (and so console.log) looks for an object's own text.
// It is a registered symbol, so naming it needs nothing of Node.

/** `util.inspect.custom`. */
export const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");
