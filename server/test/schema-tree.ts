/** The schema as a tree, read back from the words in which a type describes itself. */
export type SchemaTree =
  | { readonly sort: "scalar"; readonly shape: string }
  | { readonly sort: "optional"; readonly of: SchemaTree }
  | { readonly sort: "list"; readonly min: number; readonly max: number; readonly of: SchemaTree }
  | { readonly sort: "record"; readonly fields: readonly (readonly [string, SchemaTree])[] }
  | { readonly sort: "row"; readonly bodies: readonly RowBody[] };

interface RowBody {
  readonly kind: string;
  readonly number: number;
  readonly body: SchemaTree;
}

const scalarShape =
  /(?:uint|bool|channel id|user id|stream id|time|uuid|text of at most \d+|one of [a-z_ ]+?)(?= or nil|[\],)]| \||$)/y;
const listStart = /(\d+) to (\d+) × \(/y;
const nameStart = /([A-Za-z]+): /y;
const rowStart = /row \[kind: uint, entity: uint, version: uint, body: /y;
const bodyStart = /([a-z]+) (\d+) /y;

/** @throws where the words are not those of a type */
export function parseShape(shape: string): SchemaTree {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(shape) ?? undefined;
    if (match) at += match[0].length;
    return match;
  };
  const takeWord = (word: string): boolean => {
    const found = shape.startsWith(word, at);
    if (found) at += word.length;
    return found;
  };
  const need = (word: string): void => {
    if (!takeWord(word)) throw new Error(`${word} expected at ${at} of ${shape}`);
  };

  const parseRow = (): SchemaTree => {
    const bodies: RowBody[] = [];
    for (let match = take(bodyStart); match; match = take(bodyStart)) {
      bodies.push({ kind: match[1]!, number: Number(match[2]), body: parseOne() });
      need(" | ");
    }
    need("nil]");
    return { sort: "row", bodies };
  };
  const parseRecord = (): SchemaTree => {
    const fields: [string, SchemaTree][] = [];
    for (let match = take(nameStart); match; match = take(nameStart)) {
      fields.push([match[1]!, parseOne()]);
      if (!takeWord(", ")) break;
    }
    need("]");
    return { sort: "record", fields };
  };
  const parsePlain = (): SchemaTree => {
    const list = take(listStart);
    if (list) {
      const of = parseOne();
      need(")");
      return { sort: "list", min: Number(list[1]), max: Number(list[2]), of };
    }
    if (take(rowStart)) return parseRow();
    if (takeWord("[")) return parseRecord();
    const scalar = take(scalarShape);
    if (!scalar) throw new Error(`a type expected at ${at} of ${shape}`);
    return { sort: "scalar", shape: scalar[0] };
  };
  const parseOne = (): SchemaTree => {
    const of = parsePlain();
    return takeWord(" or nil") ? { sort: "optional", of } : of;
  };

  const tree = parseOne();
  if (at !== shape.length) throw new Error(`nothing expected at ${at} of ${shape}`);
  return tree;
}
