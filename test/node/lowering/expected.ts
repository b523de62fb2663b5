import { expect } from "vitest";

const missing = { error: expect.any(String), error_code: "GROVE-LOOM-020", error_description: expect.any(String) };
const notRemote = {
  error: expect.objectContaining({ message: expect.stringContaining("does not implement the method") }),
};
const prices = (euro: string, dollar: string) => [
  { value: { currency: euro, asked: 1 } },
  { value: { currency: euro, asked: 1 } },
  { value: { currency: dollar, asked: 2 } },
];

const notebook = (title: string, wakes: number) => ({
  title: [200, "notebook", { title, by: "Notebook" }],
  renamed: [200, "notebook", { renamed: "diary of a test" }],
  notes: [200, "notes, notebook", [{ text: "first" }]],
  days: [404, "notebook", missing],
  declared: [404, "notebook", missing],
  report: { value: { steps: [`constructor body saw ${title}`], started: 1, changes: wakes } },
  prices: prices("EUR", "USD"),
  tidied: { value: "top tidied by Notebook" },
  route: notRemote,
  field: notRemote,
});

const diary = (title: string, wakes: number) => ({
  ...notebook(title, wakes),
  title: [200, "diary, notebook", { title, by: "Diary" }],
  renamed: [200, "diary, notebook", { renamed: "diary of a test" }],
  notes: [200, "notes, diary, notebook", [{ text: "first" }]],
  days: [200, "diary, notebook", { days: [["monday", 1]] }],
  declared: [200, "diary, notebook", { Notebook: ofNotebook, Diary: ofDiary, Sibling: {} }],
  prices: prices("EUR!", "USD!"),
  tidied: { value: "top tidied by Diary, not Notebook" },
});

const ofNotebook = {
  "loom:middleware": 2,
  "loom:migrations": 2,
  "loom:persisted": 2,
  "loom:routes": 4,
  "loom:rpc": 1,
  "loom:starts": 1,
  "loom:wraps": 3,
};

const ofDiary = {
  "loom:middleware": 1,
  "loom:options": 1,
  "loom:persisted": 1,
  "loom:routes": 2,
  "loom:wraps": 1,
};

/** What every compiler's output shows. */
export const expected = {
  Notebook: notebook("untitled", 1),
  Diary: diary("untitled", 1),
  Sibling: notebook("untitled", 1),
  "Notebook, awake again": notebook("diary of a test", 2),
  "Diary, awake again": diary("diary of a test", 2),
  "Sibling, awake again": notebook("diary of a test", 2),
};

/** The same, where the parent's own method answers a route that the child overrode without a decorator. */
export const withoutOverride = {
  ...expected,
  Diary: { ...expected.Diary, title: [200, "diary, notebook", { title: "untitled", by: "Notebook" }] },
  "Diary, awake again": {
    ...expected["Diary, awake again"],
    title: [200, "diary, notebook", { title: "diary of a test", by: "Notebook" }],
  },
};
