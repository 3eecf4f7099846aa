/** A frame that a server must refuse. With `ref` only one command is refused, and `ref` is what its refusal carries. */
export interface Malformed {
  readonly name: string;
  /** MessagePack in hexadecimal. */
  readonly hex?: string;
  /** JSON as it came. */
  readonly text?: string;
  readonly error: string;
  readonly ref?: number;
}

const uuid = "d924" + Buffer.from("019a7780-5a40-7000-8000-000000000001").toString("hex");
/** `[5, 6, 21, [[uuid, text, nil]]]` with the text's bytes, header included. */
const sendOf = (text: string): string => `94050615` + `9193${uuid}${text}c0`;

/** Each line was a fault once, in this server or in another one, or is the smallest of its sort. */
export const malformed: readonly Malformed[] = [
  { name: "no byte at all", hex: "", error: "cut short at byte 0" },
  { name: "an array that ends early", hex: "93cd010101", error: "cut short at byte 5" },
  {
    name: "an array longer than the frame",
    hex: "920d",
    error: "an array at byte 1 claims 2 elements",
  },
  { name: "text that ends early", hex: "92a5616263", error: "cut short at byte 5" },
  { name: "a length that ends early", hex: "da01", error: "cut short at byte 2" },
  { name: "a number that ends early", hex: "920dcd01", error: "cut short at byte 4" },
  { name: "bytes after the array", hex: "920d01c0", error: "1 bytes follow the frame" },
  {
    name: "four thousand million elements",
    hex: "ddffffffff",
    error: "an array at byte 5 claims 4294967295 elements",
  },
  {
    name: "67 million elements",
    hex: "dd03ffffff",
    error: "an array at byte 5 claims 67108863 elements",
  },
  {
    name: "four thousand million bytes of text",
    hex: "91dbffffffff",
    error: "cut short at byte 6",
  },
  {
    name: "eight arrays in one another",
    hex: "9191919191919190",
    error: "nested too deeply at byte 8",
  },
  { name: "a map", hex: "920d80", error: "byte 2 begins a type that the protocol does not use" },
  {
    name: "a map with __proto__",
    hex: "930d0181a95f5f70726f746f5f5f01",
    error: "byte 3 begins a type that the protocol does not use",
  },
  {
    name: "binary data",
    hex: "930d01c40100",
    error: "byte 3 begins a type that the protocol does not use",
  },
  {
    name: "an extension type",
    hex: "930d01d40100",
    error: "byte 3 begins a type that the protocol does not use",
  },
  {
    name: "a timestamp",
    hex: "930d01d6ff00000000",
    error: "byte 3 begins a type that the protocol does not use",
  },
  {
    name: "the byte that MessagePack leaves unused",
    hex: "c1",
    error: "byte 0 begins a type that the protocol does not use",
  },
  { name: "a number instead of an array", hex: "0d", error: "a frame must be an array" },
  { name: "nil instead of an array", hex: "c0", error: "a frame must be an array" },
  { name: "text that is not UTF-8", hex: sendOf("a1ff"), error: "text at byte 45 is not UTF-8" },
  {
    name: "half a surrogate pair in UTF-8",
    hex: sendOf("a3eda080"),
    error: "text at byte 45 is not UTF-8",
  },
  { name: "nul in two bytes", hex: sendOf("a2c080"), error: "text at byte 45 is not UTF-8" },
  {
    name: "a character above U+10FFFF",
    hex: sendOf("a4f4908080"),
    error: "text at byte 45 is not UTF-8",
  },
  {
    name: "a bundle that also holds a number",
    hex: "92920d0105",
    error: "a bundle must hold arrays",
  },
  {
    name: "a bundle of 65 commands",
    hex: "dc0041" + "920d01".repeat(65),
    error: "a bundle must hold at most 64 commands",
  },
  { name: "an empty array", hex: "90", error: "a command must begin with its opcode", ref: 0 },
  {
    name: "an opcode that is text",
    hex: "92a470696e6705",
    error: "a command must begin with its opcode",
    ref: 5,
  },
  {
    name: "a bundle in a bundle",
    hex: "919190",
    error: "a command must begin with its opcode",
    ref: 0,
  },
  { name: "an opcode nobody knows", hex: "923f07", error: "opcode 63 is not a command", ref: 7 },
  { name: "the opcode of a reply", hex: "924107", error: "opcode 65 is not a command", ref: 7 },
  { name: "no ref", hex: "910d", error: "ping.ref must be uint", ref: 0 },
  { name: "a ref below zero", hex: "920dff", error: "ping.ref must be uint", ref: 0 },
  {
    name: "a ref of minus zero",
    hex: "920dcb8000000000000000",
    error: "ping.ref must be uint",
    ref: 0,
  },
  {
    name: "a ref that is not a number (NaN)",
    hex: "920dcb7ff8000000000000",
    error: "ping.ref must be uint",
    ref: 0,
  },
  {
    name: "a ref without end",
    hex: "920dcb7ff0000000000000",
    error: "ping.ref must be uint",
    ref: 0,
  },
  {
    name: "a ref of 2^53 as float64",
    hex: "920dcb4340000000000000",
    error: "ping.ref must be uint",
    ref: 0,
  },
  {
    name: "a ref of 2^53 as uint64",
    hex: "920dcf0020000000000000",
    error: "ping.ref must be uint",
    ref: 0,
  },
  {
    name: "a ref of 2^64 - 1",
    hex: "920dcfffffffffffffffff",
    error: "ping.ref must be uint",
    ref: 0,
  },
  { name: "a ref of -2^63", hex: "920dd38000000000000000", error: "ping.ref must be uint", ref: 0 },
  {
    name: "a ref with a fraction",
    hex: "920dcb3fe0000000000000",
    error: "ping.ref must be uint",
    ref: 0,
  },
  {
    name: "a field that is missing",
    hex: "920707",
    error: "close.channel must be channel id",
    ref: 7,
  },
  {
    name: "a channel numbered 0",
    hex: "93070700",
    error: "close.channel must be channel id",
    ref: 7,
  },
  {
    name: "a number that is text",
    hex: "930707a23231",
    error: "close.channel must be channel id",
    ref: 7,
  },
  {
    name: "typing that is neither true nor false",
    hex: "940a071501",
    error: "typing.typing must be bool",
    ref: 7,
  },
  {
    name: "a send of no drafts",
    hex: "9405061590",
    error: "send.drafts must hold 1 to 50 elements, has 0",
    ref: 6,
  },
  {
    name: "drafts that are not a list",
    hex: "94050615c0",
    error: "send.drafts must be an array",
    ref: 6,
  },
  {
    name: "a draft that is not an array",
    hex: "94050615" + "91c0",
    error: "send.drafts[0] must be an array",
    ref: 6,
  },
  {
    name: "a client message id that is no UUID",
    hex: "94050615" + "9193a131a13ac0",
    error: "send.drafts[0].clientMessageId must be uuid",
    ref: 6,
  },
  {
    name: "a query of 81 characters",
    hex: "950b0690d951" + "61".repeat(81) + "c0",
    error: "people.query must be text of at most 80",
    ref: 6,
  },
  {
    name: "201 summaries",
    hex: "930406dc00c9" + "15".repeat(201),
    error: "summaries.channels must hold 1 to 200 elements, has 201",
    ref: 6,
  },
  {
    name: "the second of two in a bundle",
    hex: "92920d01920706",
    error: "close.channel must be channel id",
    ref: 6,
  },
  { name: "no JSON at all", text: "", error: "not JSON" },
  { name: "JSON that ends early", text: "[13,1", error: "not JSON" },
  { name: "text after the JSON", text: "[13,1]]", error: "not JSON" },
  { name: "a JSON object", text: '{"op":13}', error: "an object, which the protocol does not use" },
  {
    name: "a JSON object with __proto__",
    text: '[13,1,{"__proto__":[]}]',
    error: "an object, which the protocol does not use",
  },
  {
    name: "half a surrogate pair in JSON",
    text: '[11,6,[],"\\ud800",null]',
    error: "text with half a surrogate pair",
  },
  {
    name: "eight JSON arrays in one another",
    text: "[[[[[[[[]]]]]]]]",
    error: "nested too deeply",
  },
  { name: "minus zero in JSON", text: "[13,-0]", error: "ping.ref must be uint", ref: 0 },
  { name: "a JSON number without end", text: "[13,1e400]", error: "ping.ref must be uint", ref: 0 },
  { name: "NaN, which JSON does not have", text: "[13,NaN]", error: "not JSON" },
  { name: "a bigint of JavaScript", text: "[13,1n]", error: "not JSON" },
  { name: "2^53 in JSON", text: "[13,9007199254740992]", error: "ping.ref must be uint", ref: 0 },
];
