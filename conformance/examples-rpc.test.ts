/** Our example of remote procedure calls, which has no counterpart: in processes of its own. */
import { describe, test } from "node:test";
import { withExamples } from "./example-programs.ts";

describe("the example rpc", () => {
  test("calls and streams", () =>
    withExamples(async ({ start }) => {
      const server = await start("TypeScript", "rpc/server");
      await server.line(/^Server ready to receive requests!$/);
      const client = await start("TypeScript", "rpc/client");
      await client.line(/^60 = 2 \* 2 \* 3 \* 5, the smallest is 2$/);
      await server.line(/^factorize 60$/);
    }));
});
