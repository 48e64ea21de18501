/** Our examples of sockets, whose counterparts upstream does not work with this iceoryx2: in processes of their own. */
import { describe, test } from "node:test";
import { withExamples } from "./example-programs.ts";

describe("the examples of sockets", () => {
  test("pair: everything that one end sends reaches the other one", () =>
    withExamples(async ({ read }) => {
      await Promise.all([
        read(
          "TypeScript",
          ["pair/pair0", "500"],
          /^elapsed .* items\/sec$/,
          /^total bytes transmitted: [\d,]+$/,
        ),
        read("TypeScript", "pair/pair1", /^received 500 messages, [\d,]+ bytes$/),
      ]);
    }));

  test("pub_sub_sockets: two subscribers get everything", () =>
    withExamples(async ({ read }) => {
      const subscriber = (): Promise<void> =>
        read("TypeScript", "pub_sub_sockets/sub", /^received 500 messages, the last is 499$/);
      await Promise.all([
        read("TypeScript", ["pub_sub_sockets/pub", "500", "2"], /^elapsed .* items\/sec$/),
        subscriber(),
        subscriber(),
      ]);
    }));

  test("worker_pool: workers do the same jobs by pairs and by messages", () =>
    withExamples(async ({ read }) => {
      await read(
        "TypeScript",
        ["worker_pool/pool", "2"],
        /^2 workers$/,
        /^1 KiB by pairs: \d+ jobs\/sec$/,
        /^1 KiB by child_process messages: \d+ jobs\/sec$/,
        /^1024 KiB by pairs: \d+ jobs\/sec$/,
        /^1024 KiB by child_process messages: \d+ jobs\/sec$/,
      );
    }));
});
