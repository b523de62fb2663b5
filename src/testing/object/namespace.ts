import type { Clock } from "../time/clock.ts";
import { Home, type ObjectClass } from "./home.ts";
import { idFromName, idFromString, type MockObjectId, uniqueId } from "./id.ts";
import { stubOf } from "./stub.ts";

/** What the objects of a namespace have in common. */
export interface NamespaceOptions {
  /** The binding's name. */
  readonly space: string;
  readonly Class: ObjectClass;
  /** Asked when an object is made: the bindings of `env` know each other. */
  readonly env: () => unknown;
  readonly clock: Clock;
}

/** A binding of a class: objects by name, each made when it is first called. */
export class MockNamespace {
  readonly #options: NamespaceOptions;
  readonly #homes = new Map<string, Home>();

  constructor(options: NamespaceOptions) {
    this.#options = options;
  }

  /** The class of its objects. */
  get Class(): ObjectClass {
    return this.#options.Class;
  }

  idFromName(name: string): MockObjectId {
    return idFromName(this.#options.space, name);
  }

  idFromString(hex: string): MockObjectId {
    return idFromString(hex);
  }

  newUniqueId(): MockObjectId {
    return uniqueId();
  }

  get(id: MockObjectId): object {
    return stubOf(this.homeOf(id));
  }

  getByName(name: string): object {
    return this.get(this.idFromName(name));
  }

  /** The same objects' class in a place of its own. */
  jurisdiction(name: string): MockNamespace {
    return new MockNamespace({ ...this.#options, space: `${this.#options.space} in ${name}` });
  }

  /** Where its objects live that were called. */
  homes(): Home[] {
    return [...this.#homes.values()];
  }

  /** Where the object with this id lives. */
  homeOf(id: MockObjectId): Home {
    const { Class, env, clock } = this.#options;
    const hex = id.toString();
    const home = this.#homes.get(hex) ?? new Home({ Class, env: env(), id, clock });
    this.#homes.set(hex, home);
    return home;
  }
}
