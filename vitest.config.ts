import { defineConfig } from "vitest/config";

// Tests run against the sources (condition @inet256/source), so no build is needed, except for
// those that start real processes (test/e2e), which use the built command.
export default defineConfig({
  resolve: { conditions: ["@inet256/source"] },
  ssr: { resolve: { conditions: ["@inet256/source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
