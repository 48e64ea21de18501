/** What the documents say is so: snippets compile and run, links lead somewhere, every error is described. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  anchorsOf,
  type Document,
  errorTablesOf,
  fencesOf,
  linksOf,
  readDocuments,
} from "./docs/document.ts";
import { type Snippet, SnippetFolder, snippetsOf } from "./docs/snippets.ts";
import { REPOSITORY } from "./workspace.ts";

const documents = await readDocuments();

function document(...lines: string[]): Document {
  return { path: "docs/test.md", text: `${lines.join("\n")}\n` };
}

describe("the parts of a document", () => {
  test("are its blocks of code, with what is to be done with them", () => {
    const fences = fencesOf(
      document(
        "# A",
        "```ts",
        "a;",
        "```",
        "<!-- run -->",
        "```js",
        "b;",
        "```",
        "<!-- run c -->",
        "```",
        "```",
      ),
    );
    assert.deepEqual(fences, [
      { language: "ts", code: "a;\n", run: undefined, line: 2 },
      { language: "js", code: "b;\n", run: "", line: 6 },
      { language: "", code: "", run: "c", line: 10 },
    ]);
  });

  test("are its links into the project and the headings that can be linked to", () => {
    const parts = document(
      "# A `b` C!",
      "[1](x.md#y) [2](../z.ts) [3](#a-b-c) [4](https://x.y)",
      "```",
      "# no",
      "```",
    );
    assert.deepEqual([...anchorsOf(parts)], ["a-b-c"]);
    assert.deepEqual(linksOf(parts), [
      { path: "docs/x.md", anchor: "y" },
      { path: "z.ts", anchor: undefined },
      { path: "docs/test.md", anchor: "a-b-c" },
    ]);
  });

  test("are its tables of codes, one per error", () => {
    const tables = errorTablesOf(
      document("### A", "| `X` | a |", "| `Y` | b |", "### B", "## C", "| `Z` | c |"),
    );
    assert.deepEqual(
      [...tables],
      [
        ["A", ["X", "Y"]],
        ["B", []],
      ],
    );
  });
});

describe("links", () => {
  for (const { path, text } of documents) {
    test(`of ${path} lead to files and headings that exist`, () => {
      for (const link of linksOf({ path, text })) {
        assert.ok(existsSync(join(REPOSITORY, link.path)), `${link.path} does not exist`);
        if (link.anchor === undefined) continue;
        const target = documents.find((other) => other.path === link.path);
        assert.ok(
          target && anchorsOf(target).has(link.anchor),
          `${link.path} has no heading #${link.anchor}`,
        );
      }
    });
  }
});

/** The codes of every error class that is exported, by the name of the class; none for `OsError`, a code per errno. */
async function exportedErrors(): Promise<Map<string, readonly string[]>> {
  const library: Readonly<Record<string, unknown>> = {
    ...(await import("iceoryx2-ts")),
    SocketError: (await import("iceoryx2-ts/sockets")).SocketError,
  };
  return new Map(
    Object.entries(library)
      .filter(
        ([name, value]) =>
          name !== "Iox2Error" && Object.prototype.isPrototypeOf.call(Error, value as object),
      )
      .map(([name, value]) => [name, (value as { readonly codes?: readonly string[] }).codes ?? []]),
  );
}

const tables = errorTablesOf(documents.find(({ path }) => path === "docs/errors.md")!);
const errors = await exportedErrors();

describe("docs/errors.md", () => {
  test("describes every error class that is exported, and nothing else", () => {
    assert.deepEqual([...tables.keys()].sort(), [...errors.keys()].sort());
  });

  for (const [name, codes] of errors) {
    test(`describes every code of ${name}, and nothing else`, () => {
      assert.deepEqual([...(tables.get(name) ?? [])].sort(), [...codes].sort());
    });
  }
});

describe("snippets", () => {
  // The prose around those of CONTRIBUTING.md says what they leave out.
  const snippets = documents.filter(({ path }) => path !== "CONTRIBUTING.md").flatMap(snippetsOf);
  let folder: SnippetFolder;
  before(async () => {
    folder = await SnippetFolder.create();
    await folder.compile(snippets);
  });
  after(() => folder.remove());

  test("that are wrong do not compile, those that fail are noticed", async () => {
    const others = await SnippetFolder.create();
    try {
      for (const language of ["ts", "js"] as const) {
        const wrong = snippet("wrong", language, 'import { Node } from "iceoryx2-ts"; Node.make();');
        await assert.rejects(others.compile([wrong]), /wrong\.[tj]s.*Property 'make' does not exist/);
      }
      const failing = snippet("failing", "ts", "throw new Error('deliberate');");
      await others.compile([failing]);
      await assert.rejects(others.run(failing), /deliberate/);
      await assert.rejects(
        others.runTogether([failing]),
        /failing ended with exit code 1\n[\s\S]*deliberate/,
      );
    } finally {
      await others.remove();
    }
  });

  for (const single of snippets.filter(({ run }) => run === "")) {
    test(`${single.name} runs to its end`, () => folder.run(single));
  }
  const groups = new Set(snippets.map(({ run }) => run).filter((run) => run !== undefined && run !== ""));
  for (const group of groups) {
    const together = snippets.filter(({ run }) => run === group);
    const names = together.map(({ name }) => name).join(" and ");
    test(`${names} work together and end with Ctrl+C`, () => folder.runTogether(together));
  }
});

function snippet(name: string, language: Snippet["language"], code: string): Snippet {
  return { name, file: name, language, code, run: undefined };
}
