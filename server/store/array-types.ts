/**
 * PostgreSQL's arrays as the driver sends and reads them: those that our statements use. It knows none by itself and would ask each new
 * connection; a pool that must survive a connection breaking in that very moment does without, see `driver-fault.ts`.
 */
interface ArrayType {
  readonly to: number;
  readonly from: number[];
  serialize(values: readonly unknown[]): string;
  parse(text: string): unknown[];
}

function arrayType(oid: number, parse: (text: string) => unknown): ArrayType {
  return {
    to: oid,
    from: [oid],
    serialize: (values) => `{${values.map(elementOf).join(",")}}`,
    parse: (text) => elementsOf(text).map((element) => (element === null ? null : parse(element))),
  };
}

function elementOf(value: unknown): string {
  if (value === null) return "null";
  return `"${String(value).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The elements of an array of one dimension, as text. */
function elementsOf(text: string): (string | null)[] {
  const elements = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/gs);
  return Array.from(elements, ([bare, quoted]) => {
    if (quoted !== undefined) return quoted.replaceAll(/\\(.)/gs, "$1");
    return bare === "NULL" ? null : bare;
  });
}

/** By PostgreSQL's OIDs of the array types. */
export const arrayTypes = {
  bigintArray: arrayType(1016, Number),
  intArray: arrayType(1007, Number),
  textArray: arrayType(1009, String),
  uuidArray: arrayType(2951, String),
};
