/** Gives namespaces of a lab other names wherever a text speaks of them: what is code, and what is prose. */

/** Namespaces of a lab, and what each is called on a shared cluster. */
export type Placement = ReadonlyMap<string, string>;

/** A namespace as a part of a DNS name (`stock.depot`, `stock\.depot\.svc` in a pattern), wherever it stands. */
export function placeDnsNames(text: string, placement: Placement): string {
  return replaceEach(text, placement, (name) => `(?<=[a-z0-9*)\\]]\\\\?\\.)${name}(?![a-z0-9_-])`);
}

/** A text of which all is code: commands, manifests, names. */
export function placeCode(text: string, placement: Placement): string {
  if (placement.has(text)) return placement.get(text) ?? text;
  const named = replaceEach(
    text,
    placement,
    (name) =>
      // -n shop, --namespace=shop, namespace: shop, namespaces/shop, kubectl create namespace shop
      `(?<=(?:(?<![\\w-])-n[ =]?|\\bnamespaces?(?:: *|[ =/]+)|\\bns[ /])["']?)${name}(?![a-z0-9_-]|\\.[a-z0-9])|` +
      // shop/client
      `(?<![\\w./-])${name}(?=/[a-z])|` +
      // web . shop . svc
      `(?<= \\. )${name}(?= \\.)`,
  );
  return placeDnsNames(named, placement);
}

/** Markdown: code in spans and fences, and DNS names wherever they stand. Other words of the prose stay. */
export function placeMarkdown(text: string, placement: Placement): string {
  return text
    .split(/(^```[^\n]*\n[\s\S]*?^```|`[^`\n]+`)/m)
    .map((part, index) => {
      if (index % 2 === 0) return placeDnsNames(part, placement);
      if (part.startsWith('```')) return placeFence(part, placement);
      return `\`${placeCode(part.slice(1, -1), placement)}\``;
    })
    .join('');
}

/** What a check says in a sentence: `no pod in shop has these labels`. */
export function placeSentence(text: string, placement: Placement): string {
  return placeDnsNames(
    replaceEach(text, placement, (name) => `(?<=\\b(?:in|namespace) )${name}(?![\\w-])`),
    placement,
  );
}

/** A block of code. A picture of a name's parts (`web . shop . svc`) keeps what is drawn below each. */
function placeFence(block: string, placement: Placement): string {
  const lines = block.split('\n').map((line) => placeCode(line, placement));
  const before = block.split('\n');
  for (const [index, line] of before.entries())
    for (const [name, placed] of placement) {
      const at = line.indexOf(` . ${name} .`);
      if (at < 0) continue;
      const end = at + 3 + name.length;
      const room = ' '.repeat(Math.max(0, placed.length - name.length));
      for (let below = index + 1; below < lines.length; below++) {
        const drawn = lines[below] ?? '';
        if (/^ {2}/.test(drawn.slice(end - 1))) lines[below] = drawn.slice(0, end) + room + drawn.slice(end);
      }
    }
  return lines.join('\n');
}

function replaceEach(text: string, placement: Placement, pattern: (name: string) => string): string {
  if (placement.size === 0) return text;
  const all = [...placement.keys()].map(pattern).join('|');
  return text.replace(new RegExp(all, 'g'), (found) => placement.get(found) ?? found);
}
