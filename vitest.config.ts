import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}", "test/cross-executor/**/*.test.ts", "scripts/**/*.test.ts"],
    globalSetup: ["test/cross-executor/webgpu/shared-pages.ts"],
    pool: "forks",
    maxWorkers: 2,
    // A busy machine takes many times as long, and no law is about that.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
