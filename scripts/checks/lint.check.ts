import { test } from "node:test";
import { runCommand } from "./command.ts";

test("lint: no finding, no warning, everything compiles", async () => {
  await runCommand("npm", ["run", "lint"]);
});
