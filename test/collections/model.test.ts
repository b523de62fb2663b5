import fc from "fast-check";
import { expect, test } from "vitest";
import type { PersistedList, PersistedMap, PersistedSet } from "../../src/collections.ts";
import { inRange, keys, ranges, sorted } from "./keys.ts";
import { type Operation, play, type Subject, turnsOf } from "./turns.ts";

const runs = { numRuns: 40 };
const values = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom(null, "", "text", 1n, -0, Number.NaN),
  fc.record({ tags: fc.array(fc.string(), { maxLength: 3 }), at: fc.date() }),
);

test("a map does what a Map in the order of its keys does, through turns, evictions and rollbacks", async () => {
  type MapModel = Map<string, unknown>;
  type MapOperation = Operation<PersistedMap<unknown>, MapModel>;
  const subject: Subject<PersistedMap<unknown>, MapModel> = {
    real: ({ map }) => map,
    copy: (model) => new Map(model),
    check(map, model) {
      expect([...map]).toEqual(sorted(model));
      expect(map.size).toBe(model.size);
    },
  };
  const operation = fc.oneof(
    fc.tuple(keys, values).map(([key, value]): MapOperation => (map, model) => [
      map.set(key, value) === map,
      model.set(key, value) !== undefined,
    ]),
    keys.map((key): MapOperation => (map, model) => [map.delete(key), model.delete(key)]),
    keys.map((key): MapOperation => (map, model) => [
      [map.get(key), map.has(key)],
      [model.get(key), model.has(key)],
    ]),
    fc.tuple(keys, values).map(([key, value]): MapOperation => (map, model) => [
      map.update(key, () => value),
      model.has(key) && model.set(key, value) !== undefined,
    ]),
    fc.constant<MapOperation>((map, model) => [map.size, model.size]),
    ranges.map((range): MapOperation => (map, model) => [[...map.entries(range)], inRange(sorted(model), range)]),
    ranges.map((range): MapOperation => (map, model) => {
      const gone = inRange(sorted(model), range);
      for (const [key] of gone) model.delete(key);
      return [map.clear(range), gone.length];
    }),
  );

  await fc.assert(
    fc.asyncProperty(turnsOf(operation), (turns) => play(subject, new Map(), turns)),
    runs,
  );
}, 60_000);

test("a set does what a Set in the order of its entries does, through turns, evictions and rollbacks", async () => {
  type SetOperation = Operation<PersistedSet, Set<string>>;
  const pairs = (model: Set<string>) => sorted(new Map(model.entries())) as [string, string][];
  const subject: Subject<PersistedSet, Set<string>> = {
    real: ({ set }) => set,
    copy: (model) => new Set(model),
    check(set, model) {
      expect([...set.entries()]).toEqual(pairs(model));
      expect(set.size).toBe(model.size);
    },
  };
  const operation = fc.oneof(
    keys.map((key): SetOperation => (set, model) => [set.add(key) === set, model.add(key) === model]),
    keys.map((key): SetOperation => (set, model) => [set.delete(key), model.delete(key)]),
    keys.map((key): SetOperation => (set, model) => [set.has(key), model.has(key)]),
    fc.constant<SetOperation>((set, model) => [set.size, model.size]),
    ranges.map((range): SetOperation => (set, model) => [
      [...set.values(range)],
      inRange(pairs(model), range).map(([key]) => key),
    ]),
  );

  await fc.assert(
    fc.asyncProperty(turnsOf(operation), (turns) => play(subject, new Set(), turns)),
    runs,
  );
}, 60_000);

test("a list does what an array does, through turns, evictions and rollbacks", async () => {
  type ListOperation = Operation<PersistedList<string>, string[]>;
  const subject: Subject<PersistedList<string>, string[]> = {
    real: ({ list }) => list,
    copy: (model) => [...model],
    check(list, model) {
      expect([...list]).toEqual(model);
      expect(list.length).toBe(model.length);
    },
  };
  const some = fc.array(fc.string(), { maxLength: 3 });
  const indexes = fc.oneof(
    fc.integer({ min: -8, max: 8 }),
    fc.constantFrom(Number.NaN, 1.5, -1.5, Infinity, -Infinity),
  );
  const operation = fc.oneof(
    some.map((items): ListOperation => (list, model) => [list.push(...items), model.push(...items)]),
    some.map((items): ListOperation => (list, model) => [list.unshift(...items), model.unshift(...items)]),
    fc.constant<ListOperation>((list, model) => [list.shift(), model.shift()]),
    fc.constant<ListOperation>((list, model) => [list.pop(), model.pop()]),
    fc.constant<ListOperation>((list, model) => [list.length, model.length]),
    fc.constant<ListOperation>((list, model) => [[...list.entries()], [...model.entries()]]),
    fc.constant<ListOperation>((list, model) => [list.clear(), model.splice(0).length]),
    indexes.map((index): ListOperation => (list, model) => [list.at(index), model.at(index)]),
    fc.tuple(indexes, fc.option(indexes, { nil: undefined })).map(([start, end]): ListOperation => (list, model) => [
      list.slice(start, end),
      model.slice(start, end),
    ]),
  );

  await fc.assert(
    fc.asyncProperty(turnsOf(operation), (turns) => play(subject, [], turns)),
    runs,
  );
}, 60_000);
