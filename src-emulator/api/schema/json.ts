/** JSON text to values, noting which fields appear twice: JSON.parse keeps the last and says nothing. */

export type JsonObject = Record<string, unknown>;

/** Names that came more than once, by the object that holds them. */
export type DuplicateFields = WeakMap<object, string[]>;

export interface ParsedJson {
  value: unknown;
  duplicates: DuplicateFields;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON. Of a field that appears twice the last one counts, as in Kubernetes.
 * @throws SyntaxError for what is not JSON.
 */
export function parseJson(text: string): ParsedJson {
  const value: unknown = JSON.parse(text);
  const duplicates: DuplicateFields = new WeakMap();
  new DuplicateFinder(text, duplicates).visit(value);
  return { value, duplicates };
}

/** Walks text that is known to be JSON along with the value that it gave. */
class DuplicateFinder {
  readonly #text: string;
  readonly #duplicates: DuplicateFields;
  #at = 0;

  constructor(text: string, duplicates: DuplicateFields) {
    this.#text = text;
    this.#duplicates = duplicates;
  }

  visit(value: unknown): void {
    this.#space();
    const first = this.#text[this.#at];
    if (first === '{') this.#object(isJsonObject(value) ? value : {});
    else if (first === '[') this.#array(Array.isArray(value) ? value : []);
    else if (first === '"') this.#string();
    else
      while (this.#at < this.#text.length && !',]} \n\r\t'.includes(this.#text[this.#at] ?? '')) this.#at++;
    this.#space();
  }

  #object(value: JsonObject): void {
    const seen = new Set<string>();
    const twice: string[] = [];
    this.#at++;
    this.#space();
    while (this.#text[this.#at] !== '}') {
      const key = JSON.parse(this.#string()) as string;
      if (seen.has(key)) twice.push(key);
      seen.add(key);
      this.#space();
      this.#at++; // the colon
      this.visit(Object.hasOwn(value, key) ? value[key] : undefined);
      if (this.#text[this.#at] === ',') this.#at++;
      this.#space();
    }
    this.#at++;
    if (twice.length > 0) this.#duplicates.set(value, twice);
  }

  #array(value: unknown[]): void {
    this.#at++;
    this.#space();
    for (let index = 0; this.#text[this.#at] !== ']'; index++) {
      this.visit(value[index]);
      if (this.#text[this.#at] === ',') this.#at++;
      this.#space();
    }
    this.#at++;
  }

  #string(): string {
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #space(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }
}
