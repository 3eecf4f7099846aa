import fc from "fast-check";

/** The parts of JSON Schema that our own document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { name: string; in: "path" | "query"; schema: Schema }[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Every operation with its method and path. */
export function operationsOf({
  paths,
}: OpenApi): { method: string; path: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

function resolve(schema: Schema, { components }: OpenApi): Schema {
  if (!schema.$ref) return schema;
  const name = schema.$ref.replace("#/components/schemas/", "");
  const found = components.schemas[name];
  if (!found) throw new Error(`${schema.$ref} is not in the document`);
  return found;
}

const typesOf = ({ type }: Schema): readonly string[] =>
  type === undefined ? [] : typeof type === "string" ? [type] : type;

/** What is wrong with a value, by place; nothing where it is of the schema. */
export function faultsOf(value: unknown, given: Schema, doc: OpenApi, at = ""): string[] {
  const schema = resolve(given, doc);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    return choices.some((choice) => faultsOf(value, choice, doc, at).length === 0)
      ? []
      : [`${at} is none of the choices`];
  }
  if (schema.const !== undefined)
    return value === schema.const ? [] : [`${at} is not the constant`];
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${at} is not of the enum`];
  const types = typesOf(schema);
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const isOf =
    types.length === 0 ||
    types.includes(type) ||
    (types.includes("integer") && Number.isSafeInteger(value));
  if (!isOf) return [`${at} is ${type}, not ${types.join(" or ")}`];
  if (Array.isArray(value)) {
    return value.flatMap((each, index) =>
      faultsOf(each, schema.items ?? {}, doc, `${at}[${index}]`),
    );
  }
  if (typeof value !== "object" || value === null) return [];
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  const unknown = Object.keys(value).filter((name) => !(name in (schema.properties ?? {})));
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...unknown.map((name) => `${at}.${name} is not declared`),
    ...Object.entries(value).flatMap(([name, each]) =>
      faultsOf(each, schema.properties?.[name] ?? {}, doc, `${at}.${name}`),
    ),
  ];
}

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    -1,
    0,
    1.5,
    2 ** 53,
    -(2 ** 63),
    "",
    "1; drop table users",
    "%00",
    "\u0000",
    "\ud800",
    "../../etc",
    "🦉".repeat(300),
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values of a schema, and now and then something else. */
export function valuesOf(
  given: Schema,
  doc: OpenApi,
  known: readonly number[],
): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: goodValuesOf(given, doc, known), weight: 9 },
    { arbitrary: hostile, weight: 1 },
  );
}

function goodValuesOf(
  given: Schema,
  doc: OpenApi,
  known: readonly number[],
): fc.Arbitrary<unknown> {
  const schema = resolve(given, doc);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, doc, known)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = typesOf(schema);
  if (types.includes("null")) {
    const type = types.find((each) => each !== "null") ?? "string";
    return fc.oneof(fc.constant(null), goodValuesOf({ ...schema, type }, doc, known));
  }
  switch (types[0]) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return fc.oneof(fc.constantFrom(...known), fc.integer({ min: 0, max: 60 }), fc.maxSafeNat());
    case "array":
      return fc.array(valuesOf(schema.items ?? {}, doc, known), { maxLength: 4 });
    case "object": {
      const required = new Set(schema.required ?? []);
      const entries = Object.entries(schema.properties ?? {});
      const fields = Object.fromEntries(
        entries.map(([name, each]) => [name, valuesOf(each, doc, known)]),
      );
      const requiredKeys = entries.map(([name]) => name).filter((name) => required.has(name));
      return fc.record(fields, { requiredKeys });
    }
    default:
      return schema.format === "uuid" ? fc.uuid() : fc.string({ maxLength: 30 });
  }
}
