import { afterTurn } from "../node.ts";

/** One `blockConcurrencyWhile`: only what it started itself goes on. */
export interface Section {
  readonly parent: Section | undefined;
  isOver: boolean;
}

interface Waiting {
  readonly section: Section | undefined;
  readonly enter: () => void;
}

/** The input gate: holds events back while a section runs, and lets them in in the order in which they came. */
export class InputGate {
  #current: Section | undefined;
  #waiting: Waiting[] = [];

  /** Undefined when code of `section` may go on; else resolves when it may. */
  enter(section: Section | undefined): Promise<void> | undefined {
    const isNext = this.#fits(section) && !this.#waiting.some((each) => this.#fits(each.section));
    if (isNext) return undefined;
    return new Promise((enter) => this.#waiting.push({ section, enter }));
  }

  /** Opens a section inside `parent`: at once, unless another runs. */
  async begin(parent: Section | undefined): Promise<Section> {
    while (!this.#fits(parent)) {
      await new Promise<void>((enter) => this.#waiting.push({ section: parent, enter }));
    }
    const section = { parent: open(parent), isOver: false };
    this.#current = section;
    return section;
  }

  end(section: Section): void {
    section.isOver = true;
    this.#current = open(this.#current);
    // What waited for the section itself goes on first.
    afterTurn(() => this.#release());
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((each) => !this.#fits(each.section));
    for (const each of waiting) if (this.#fits(each.section)) each.enter();
  }

  #fits(section: Section | undefined): boolean {
    return this.#current === open(section);
  }
}

/** `section`, or the one around it that still runs. */
function open(section: Section | undefined): Section | undefined {
  let found = section;
  while (found?.isOver) found = found.parent;
  return found;
}
