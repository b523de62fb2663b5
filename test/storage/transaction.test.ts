import { expect, test } from "vitest";
import { inside, thrownBy } from "./inside.ts";
import type { PlainStorage } from "../fixtures/storage.ts";

const stop = new Error("stop");

function counter({ sql }: PlainStorage) {
  sql.exec("CREATE TABLE n (v INTEGER)");
  return () => sql.queryAll<{ v: number }>("SELECT v FROM n ORDER BY v").map(({ v }) => v);
}

test("a transaction returns what its function returns and keeps its changes", async () => {
  await inside((object) => {
    const stored = counter(object);

    const result = object.sql.transaction(() => {
      object.field = "second";
      return object.sql.exec("INSERT INTO n VALUES (1)").rowsWritten;
    });

    expect(result).toBe(1);
    expect(stored()).toEqual([1]);
    expect(object.field).toBe("second");
  });
});

test("a throw takes back rows and what the savepoint keeps, and passes through as it is", async () => {
  await inside((object) => {
    const stored = counter(object);

    const error = thrownBy(() =>
      object.sql.transaction(() => {
        object.sql.exec("INSERT INTO n VALUES (1)");
        object.field = "second";
        throw stop;
      }),
    );

    expect(error).toBe(stop);
    expect(stored()).toEqual([]);
    expect(object.field).toBe("first");
  });
});

test("an inner transaction that fails leaves the outer one's changes", async () => {
  await inside((object) => {
    const stored = counter(object);

    object.sql.transaction(() => {
      object.sql.exec("INSERT INTO n VALUES (1)");
      object.field = "outer";
      thrownBy(() =>
        object.sql.transaction(() => {
          object.sql.exec("INSERT INTO n VALUES (2)");
          object.field = "inner";
          throw stop;
        }),
      );
    });

    expect(stored()).toEqual([1]);
    expect(object.field).toBe("outer");
  });
});

test("an outer transaction that fails takes back what an inner one had kept", async () => {
  await inside((object) => {
    const stored = counter(object);

    thrownBy(() =>
      object.sql.transaction(() => {
        object.sql.transaction(() => void (object.field = "inner"));
        object.sql.exec("INSERT INTO n VALUES (1)");
        throw stop;
      }),
    );

    expect(stored()).toEqual([]);
    expect(object.field).toBe("first");
  });
});

test("an async function is refused before it runs", async () => {
  await inside((object) => {
    const ran: string[] = [];
    const work = async () => void ran.push("ran");

    const error = thrownBy(() => object.sql.transaction(work as never));

    expect(error.message).toBe(
      "GROVE-LOOM-080: sql.transaction: its function is async. Await before the transaction, not inside.",
    );
    expect(ran).toEqual([]);
  });
});

test("a function that returns a promise is refused and taken back", async () => {
  await inside((object) => {
    const stored = counter(object);
    const work = () => {
      object.sql.exec("INSERT INTO n VALUES (1)");
      object.field = "second";
      return Promise.resolve();
    };

    expect(() => object.sql.transaction(work as never)).toThrow("its function is async");
    expect(stored()).toEqual([]);
    expect(object.field).toBe("first");
  });
});

test("a statement that fails and is caught leaves the rest of its transaction", async () => {
  await inside((object) => {
    const stored = counter(object);

    object.sql.transaction(() => {
      object.sql.exec("INSERT INTO n VALUES (1)");
      thrownBy(() => object.sql.exec("INSERT INTO nowhere VALUES (1)"));
    });

    expect(stored()).toEqual([1]);
  });
});
