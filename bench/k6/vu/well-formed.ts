const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;
const ascii = /^[\0-\x7f]*$/; // Nearly all, and soon looked through.

function isWellFormed(this: string): boolean {
  return ascii.test(this) || !lone.test(this);
}

/** k6's script engine has no `isWellFormed`, which the protocol asks of every text that it reads. */
export function teachWellFormed(): void {
  if (!("isWellFormed" in String.prototype)) Object.assign(String.prototype, { isWellFormed });
}
